/** The variables that decide on the cache and on the way to the network. */
export type Environment = Readonly<Record<string, string | undefined>>;
