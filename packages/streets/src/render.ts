// Renders one scene: plan, light and style are drawn from the domain, everything is drawn into the visibility buffer, each
// pixel is shaded, and the picture is taken. Every part has a random stream of its own, so that a change in how people are
// dressed leaves the houses as they were.

import { Random } from "@pinmem/core";
import { degrees } from "./arithmetic.js";
import { Camera } from "./camera.js";
import { Canvas } from "./canvas.js";
import type { StreetDomain } from "./domain.js";
import { drawBonnet } from "./effects/bonnet.js";
import { photograph } from "./effects/photograph.js";
import { drawWire } from "./objects/furniture.js";
import { Visibility } from "./raster/visibility.js";
import { drawFurniture } from "./scene/furniture.js";
import { drawGround } from "./scene/ground.js";
import { lightOf, sampleSunAndSky } from "./scene/light.js";
import { drawPeople } from "./scene/people.js";
import { planStreet } from "./scene/plan.js";
import { drawRoadside } from "./scene/roadside.js";
import { sampleColor, sampleFrom } from "./scene/sampling.js";
import { drawSkyline } from "./scene/skyline.js";
import { sampleStyle } from "./scene/style.js";
import { drawTraffic } from "./scene/traffic.js";
import { Frame } from "./shading/frame.js";
import type { Lamp } from "./shading/lamps.js";
import { Resolver } from "./shading/resolve.js";
import { SkylineShadow } from "./shading/skyline-shadow.js";

export interface StreetImage {
  readonly width: number;
  readonly height: number;
  /** height x width x 3, red, green, blue. */
  readonly image: Uint8Array;
  /** height x width, Cityscapes train ids; 255 for what belongs to none of the classes. */
  readonly label: Uint8Array;
}

interface Buffers {
  readonly visibility: Visibility;
  readonly frame: Frame;
}

/** Buffers are kept for the size last used: a worker renders thousands of images of one size. */
let kept: Buffers | undefined;

function buffersFor(width: number, height: number): Buffers {
  if (kept?.frame.width !== width || kept.frame.height !== height) {
    kept = { visibility: new Visibility(width, height), frame: new Frame(width, height) };
  }
  return kept;
}

export function renderScene(
  domain: StreetDomain,
  seed: number,
  index: number,
  width: number,
  height: number,
): StreetImage {
  const stream = (purpose: string) =>
    new Random({ seed, index, stream: `streets/${domain.name}/${purpose}` });
  const { visibility, frame } = buffersFor(width, height);
  const plan = planStreet(domain.road, stream("plan"));
  const style = sampleStyle(domain, stream("style"));
  const lightRandom = stream("light");
  const sunAndSky = sampleSunAndSky(domain, lightRandom);
  const wetness = sampleFrom(lightRandom, domain.weather.wetness);
  const pose = samplePose(domain, plan.ego, stream("camera"));
  const camera = new Camera(pose, visibility.width, visibility.height);

  visibility.clear();
  const canvas = new Canvas(visibility, camera, sunAndSky.sunlight[0] > 0.15 ? sunAndSky.sun : undefined);
  canvas.fillBackground();
  const skyline = new SkylineShadow(plan.course, plan.left.front, plan.right.front);
  const lamps: Lamp[] = [];
  const ground = drawGround(canvas, plan, style, stream("ground"));
  drawSkyline(canvas, plan, style, stream("skyline"));
  drawRoadside({ canvas, plan, style, skyline, random: stream("roadside") });
  const wires = drawFurniture(canvas, plan, style, lamps, stream("furniture"));
  const taken: { from: number; to: number; t: number }[] = [];
  drawTraffic({ canvas, plan, style, random: stream("traffic"), taken });
  drawPeople({ canvas, plan, style, random: stream("people"), taken });
  canvas.finish();
  canvas.place(0, 0, 0);
  for (const { from, to, sag } of wires) drawWire(canvas, from, to, sag);

  const light = lightOf(domain, sunAndSky, skyline, lamps);
  new Resolver(visibility, camera, light, { ground, wetness }).resolve(frame);
  const bonnetRandom = stream("bonnet");
  if (bonnetRandom.bernoulli(domain.camera.bonnet)) {
    drawBonnet(frame, sampleColor(bonnetRandom, domain.palettes.vehicles), light.look.fromSky, bonnetRandom);
  }
  const image = new Uint8Array(3 * width * height);
  photograph(frame, image, domain, wetness, stream("photograph"));
  return { width, height, image, label: frame.label.slice() };
}

function samplePose({ camera }: StreetDomain, x: number, random: Random) {
  return {
    x,
    height: sampleFrom(random, camera.height),
    pitch: degrees(sampleFrom(random, camera.pitch)),
    yaw: degrees(sampleFrom(random, camera.yaw)),
    roll: degrees(sampleFrom(random, camera.roll)),
    fieldOfView: degrees(sampleFrom(random, camera.fieldOfView)),
  };
}
