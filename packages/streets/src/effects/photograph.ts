// The last stage: weather in front of the camera, the lens, the sensor, the file. Light in, 8-bit picture out.

import type { Random } from "@pinmem/core";
import type { StreetDomain } from "../domain.js";
import { sampleBetween, sampleFrom } from "../scene/sampling.js";
import type { Frame } from "../shading/frame.js";
import { addBloom } from "./bloom.js";
import { compress } from "./compression.js";
import { develop } from "./develop.js";
import { blur, fringe } from "./lens.js";
import { addDrops, addRain, addSnowfall } from "./precipitation.js";
import { reflectInWetGround } from "./reflection.js";

/** Takes the picture. All draws happen in the same order at every resolution. */
export function photograph(
  frame: Frame,
  image: Uint8Array,
  domain: StreetDomain,
  wetness: number,
  random: Random,
): void {
  const { weather, sensor } = domain;
  const rain = sampleFrom(random, weather.rain);
  const snowfall = sampleFrom(random, weather.snowfall);
  const drops = sampleFrom(random, weather.dropsOnLens);
  const deviation = (sampleFrom(random, sensor.blur) / 1000) * frame.height;
  const shift = sampleFrom(random, sensor.fringe) / 1000;
  const quality = sampleFrom(random, sensor.compression);
  const development = {
    exposure: sampleFrom(random, sensor.exposure),
    cast: sampleBetween(random, sensor.cast),
    contrast: sampleFrom(random, sensor.contrast),
    saturation: sampleFrom(random, sensor.saturation),
    flare: sampleFrom(random, sensor.flare),
    vignette: sampleFrom(random, sensor.vignette),
    noise: sampleFrom(random, sensor.noise),
    seed: random.uint32(),
  };
  if (wetness > 0) reflectInWetGround(frame);
  if (rain > 0) addRain(frame, rain, random);
  if (snowfall > 0) addSnowfall(frame, snowfall, random);
  if (drops > 0) addDrops(frame, drops, random);
  if (sensor.bloom > 0) addBloom(frame, sensor.bloom);
  blur(frame, deviation);
  fringe(frame, shift);
  develop(frame, image, development);
  compress(image, frame.width, frame.height, quality);
}
