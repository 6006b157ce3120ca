// Words in pictures, such as legends, are drawn by libvips with the fonts of the system, which small images have not.

import { readdirSync } from "node:fs";

/**
 * Whether libvips finds no fonts here: then it draws boxes in place of letters, and says "Fontconfig error". Where fontconfig is
 * told another place, nothing is said.
 */
export function lacksFonts(env: NodeJS.ProcessEnv = process.env, folder = "/usr/share/fonts"): boolean {
  if (process.platform !== "linux" || env.FONTCONFIG_FILE || env.FONTCONFIG_PATH) return false;
  try {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return !files.some((name) => /\.(ttf|ttc|otf|pf[ab])(\.gz)?$/i.test(name));
  } catch {
    return true;
  }
}
