// libvips through sharp, as every part of this package takes it. Loaded where it is first needed: threads of the loader start in a
// quarter of the time without, and it never loads beside other modules, which Node 20 gets wrong where packages are links (pnpm).

/** The module sharp. Threads are the loader's business: one image at a time and thread, and nothing kept between images. */
export async function libvips() {
  const { default: sharp } = await import("sharp");
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
}
