// Seconds of computation of this process, which a machine with other work leaves as they are, more or less.

export function cpuClock(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  };
}
