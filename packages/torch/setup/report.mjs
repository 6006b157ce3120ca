// What set-up tells its user: one line when something starts, one with its time when it is done. On a terminal the two
// are one line that counts the seconds; in a log nothing is ever rewritten.

/** @import { Reporter } from "./index.mjs" */

/**
 * @param {{ write(text: string): unknown, isTTY?: boolean, columns?: number }} [stream]
 * @returns {Reporter}
 */
export function createReporter(stream = process.stdout) {
  const live = stream.isTTY === true && process.env.TERM !== "dumb";
  const print = (/** @type {string} */ text) => stream.write(`${text}\n`);
  const label = (/** @type {string} */ name) => name.padEnd(11);
  return {
    note: print,
    line: (name, text) => print(`${label(name)} ${text}`),
    async step(name, text, work) {
      const start = performance.now();
      let progress = "";
      const rewrite = (/** @type {string} */ ending) => {
        const line = `${label(name)} ${text}${progress && `, ${progress}`}, ${ending}`;
        stream.write(`\r\x1b[K${line.slice(0, (stream.columns ?? 80) - 1)}`);
      };
      if (live) rewrite("0 s");
      else print(`${label(name)} ${text} …`);
      const timer = live ? setInterval(() => rewrite(duration(performance.now() - start)), 1000) : undefined;
      try {
        const result = await work((news) => {
          progress = news;
        });
        const took = duration(performance.now() - start);
        if (live) stream.write(`\r\x1b[K${label(name)} ${text} (${took})\n`);
        else print(`${label(name)} done in ${took}`);
        return result;
      } catch (error) {
        if (live) stream.write("\n");
        print(`${label(name)} failed after ${duration(performance.now() - start)}`);
        throw error;
      } finally {
        clearInterval(timer);
      }
    },
  };
}

/**
 * @param {number} milliseconds
 * @returns {string} "0.08 s", "12.3 s" or "2 min 5 s"
 */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
