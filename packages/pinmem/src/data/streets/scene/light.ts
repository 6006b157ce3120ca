// Draws the light of one scene: sun, sky, air and lamps' strengths.

import type { Random } from "../../random.js";
import { cosine, degrees, logarithm, sine } from "../arithmetic.js";
import { type Rgb, scaled } from "../color.js";
import type { StreetDomain } from "../domain.js";
import { type Lamp, LampLight } from "../shading/lamps.js";
import { Light } from "../shading/light.js";
import { Sky } from "../shading/sky.js";
import type { SkylineShadow } from "../shading/skyline-shadow.js";
import { drawBetween, drawFrom } from "./draw.js";

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

export function drawSunAndSky({ light, weather }: StreetDomain, random: Random): SunAndSky {
  const elevation = degrees(drawFrom(random, light.sunElevation));
  const azimuth = degrees(drawFrom(random, light.sunAzimuth)) * (random.bernoulli() ? 1 : -1);
  const level = cosine(elevation);
  const sun = [sine(azimuth) * level, sine(elevation), cosine(azimuth) * level] as const;
  const cover = drawFrom(random, light.clouds);
  const ambient = drawFrom(random, light.ambient);
  const look = {
    zenith: drawBetween(random, light.zenith),
    horizon: drawBetween(random, light.horizon),
    falloff: drawFrom(random, light.skyFalloff),
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
    sunlight: scaled(light.sun, drawFrom(random, light.sunStrength)),
    ambient,
    haze: drawBetween(random, light.haze),
    visibility: drawFrom(random, light.visibility),
    snow: drawFrom(random, weather.snowCover),
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
