/** The known word nearest to `word`, where one is near enough to be meant. */
export function closest(word: string, known: Iterable<string>): string | undefined;
