// Draws the light of one scene: sun, sky, air and lamps' strengths.

import type { Random } from "@pinmem/core";
import { cosine, degrees, logarithm, sine } from "../arithmetic.js";
import { type Rgb, scaled } from "../color.js";
import type { StreetDomain } from "../domain.js";
import { type Lamp, LampLight } from "../shading/lamps.js";
import { Light } from "../shading/light.js";
import { Sky } from "../shading/sky.js";
import type { SkylineShadow } from "../shading/skyline-shadow.js";
import { sampleBetween, sampleFrom } from "./sampling.js";

export interface SunAndSky {
  /** Unit vector towards the sun, world coordinates. */
  readonly sun: readonly [number, number, number];
  readonly sky: Sky;
  readonly sunlight: Rgb;
  readonly ambient: number;
  readonly haze: Rgb;
  readonly visibility: number;
  readonly snow: number;
}

export function sampleSunAndSky({ light, weather }: StreetDomain, random: Random): SunAndSky {
  const elevation = degrees(sampleFrom(random, light.sunElevation));
  const azimuth = degrees(sampleFrom(random, light.sunAzimuth)) * (random.bernoulli() ? 1 : -1);
  const level = cosine(elevation);
  const sun = [sine(azimuth) * level, sine(elevation), cosine(azimuth) * level] as const;
  const cover = sampleFrom(random, light.clouds);
  const ambient = sampleFrom(random, light.ambient);
  const look = {
    zenith: sampleBetween(random, light.zenith),
    horizon: sampleBetween(random, light.horizon),
    falloff: sampleFrom(random, light.skyFalloff),
    cloudLight: light.cloudLight,
    cloudDark: light.cloudDark,
    cover,
    crispness: light.cloudCrispness,
    sunGlow: light.sunGlow,
    stars: 0,
  };
  const ground = scaled(light.fromGround, ambient * 0.35);
  return {
    sun,
    sky: new Sky(look, sun, [random.randint(0, 256), random.randint(0, 256)], ground),
    sunlight: scaled(light.sun, sampleFrom(random, light.sunStrength)),
    ambient,
    haze: sampleBetween(random, light.haze),
    visibility: sampleFrom(random, light.visibility),
    snow: sampleFrom(random, weather.snowCover),
  };
}

export function lightOf(
  { light }: StreetDomain,
  { sun, sky, sunlight, ambient, haze, visibility, snow }: SunAndSky,
  skyline: SkylineShadow,
  lamps: readonly Lamp[],
): Light {
  const look = {
    sun: sunlight,
    fromSky: scaled(light.fromSky, ambient),
    fromGround: scaled(light.fromGround, ambient),
    haze,
    hazeDensity: logarithm(10) / visibility,
    headlights: light.headlights,
    snow,
  };
  return new Light(look, sun, sky, skyline, lamps.length > 0 ? new LampLight(lamps) : undefined);
}
