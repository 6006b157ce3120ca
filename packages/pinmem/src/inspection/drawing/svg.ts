// Drawing with SVG: the few elements that the pictures of an inspection are made of, as strings. Lengths are pixels.

import type { Color } from "@pinmem/core";

/** A piece of a picture, or a whole one. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** SVG elements. */
  readonly body: string;
}

export interface TextOptions {
  readonly size?: number;
  readonly anchor?: "start" | "middle" | "end";
  readonly weight?: "normal" | "bold";
  readonly fill?: string;
  /** Degrees, clockwise, about the text's own position. */
  readonly rotate?: number;
  /** White around the letters, to be read on anything. */
  readonly halo?: boolean;
}

export const FONT_SIZE = 12;
const FONTS = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif";

/** Text whose baseline begins (or ends, or has its middle) at a point. */
export function text(
  x: number,
  y: number,
  content: string,
  {
    size = FONT_SIZE,
    anchor = "start",
    weight = "normal",
    fill = "#111",
    rotate,
    halo = false,
  }: TextOptions = {},
): string {
  const turned = rotate === undefined ? "" : ` transform="rotate(${rotate} ${round(x)} ${round(y)})"`;
  const style = `font-size="${size}" text-anchor="${anchor}"${weight === "bold" ? ' font-weight="bold"' : ""} fill="${fill}"`;
  const at = `x="${round(x)}" y="${round(y)}" ${style}${turned}`;
  const around = halo ? `<text ${at} stroke="#fff" stroke-width="3">${escapeXml(content)}</text>` : "";
  return `${around}<text ${at}>${escapeXml(content)}</text>`;
}

export interface ShapeOptions {
  readonly fill?: string;
  readonly stroke?: string;
  readonly strokeWidth?: number;
  readonly opacity?: number;
}

export const rect = (
  x: number,
  y: number,
  width: number,
  height: number,
  options: ShapeOptions = {},
): string =>
  `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"${look(options)}/>`;

export const circle = (x: number, y: number, radius: number, options: ShapeOptions = {}): string =>
  `<circle cx="${round(x)}" cy="${round(y)}" r="${radius}"${look(options)}/>`;

export const line = (x1: number, y1: number, x2: number, y2: number, options: ShapeOptions = {}): string =>
  `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"${look(options)}/>`;

/** A five-pointed star around a point. */
export function star(x: number, y: number, radius: number, options: ShapeOptions = {}): string {
  const points = Array.from({ length: 10 }, (_, at) => {
    const [angle, length] = [(Math.PI * at) / 5 - Math.PI / 2, at % 2 === 0 ? radius : radius * 0.45];
    return `${round(x + length * Math.cos(angle))},${round(y + length * Math.sin(angle))}`;
  });
  return `<polygon points="${points.join(" ")}"${look(options)}/>`;
}

/** Elements moved to another place. */
export const at = (x: number, y: number, { body }: { readonly body: string }): string =>
  `<g transform="translate(${round(x)} ${round(y)})">${body}</g>`;

/** A picture as an SVG file, on white. */
export const svgFile = ({ width, height, body }: Drawing): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${Math.ceil(width)}" height="${Math.ceil(height)}" ` +
  `viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" font-family="${FONTS}">` +
  `<rect width="100%" height="100%" fill="#fff"/>${body}</svg>\n`;

export const rgb = (color: Color): string => `rgb(${color.join(",")})`;

/** About how wide a text is: an upper estimate for the fonts above, since nothing here can measure them. */
export const textWidth = (content: string, size = FONT_SIZE): number => content.length * size * 0.58;

export const escapeXml = (content: string): string =>
  content
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML forbids them, and names of files may hold them
    .replace(/[\u0000-\u001f]/g, " ")
    .replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function look({ fill, stroke, strokeWidth, opacity }: ShapeOptions): string {
  const attributes = { fill, stroke, "stroke-width": strokeWidth, "fill-opacity": opacity };
  return Object.entries(attributes)
    .map(([name, value]) => (value === undefined ? "" : ` ${name}="${value}"`))
    .join("");
}

const round = (value: number): number => Math.round(value * 100) / 100;
