// What a domain of streets is: the statistics of one imaginary data set, appearance and layout, as plain numbers. Scenes are
// drawn from it by scene/; nothing else in the renderer knows one domain from another. Every [low, high] is drawn from
// uniformly, once for each scene unless said otherwise; weights need not add up to one.

import type { Rgb } from "./color.js";
import type { RoofKind } from "./objects/building.js";
import type { CarKind } from "./objects/car.js";
import type { TreeKind } from "./objects/tree.js";
import type { FenceKind } from "./surfaces/fence.js";
import type { Bond } from "./surfaces/masonry.js";
import type { SignKind } from "./surfaces/sign.js";

export type Range = readonly [low: number, high: number];
export type Weights<Name extends string> = Readonly<Partial<Record<Name, number>>>;
export type Palette = readonly Rgb[];

export interface StreetDomain {
  readonly name: string;
  /** Sources are for training; the unseen are for evaluation only. */
  readonly role: "source" | "unseen";
  /** One line for people. */
  readonly summary: string;
  readonly camera: CameraStatistics;
  readonly road: RoadStatistics;
  readonly roadside: RoadsideStatistics;
  readonly traffic: TrafficStatistics;
  readonly people: PeopleStatistics;
  readonly furniture: FurnitureStatistics;
  readonly palettes: Palettes;
  readonly light: LightStatistics;
  readonly weather: WeatherStatistics;
  readonly sensor: SensorStatistics;
}

export interface CameraStatistics {
  /** Meters above the road. */
  readonly height: Range;
  /** Degrees. Up, to the right and clockwise are positive. */
  readonly pitch: Range;
  readonly yaw: Range;
  readonly roll: Range;
  /** Degrees across the image. */
  readonly fieldOfView: Range;
  /** Share of scenes that show the own vehicle's bonnet, labeled 255. */
  readonly bonnet: number;
}

export interface RoadStatistics {
  readonly drivesOn: "right" | "left";
  /** Lanes of each direction. */
  readonly lanes: Weights<"1" | "2" | "3">;
  readonly laneWidth: Range;
  /** Shares of scenes. */
  readonly oneWay: number;
  readonly median: number;
  readonly tram: number;
  readonly bicycleLane: number;
  readonly junction: number;
  readonly cobbles: number;
  /** Share of road sides with a parking strip. */
  readonly parking: number;
  /** Meters, each side; and the share of sides without any. */
  readonly sidewalk: Range;
  readonly noSidewalk: number;
  /** Share of sides with a strip of grass between road and sidewalk. */
  readonly verge: number;
  /** 1/m, to either side. */
  readonly curvature: Range;
  readonly centerLine: "white" | "yellow";
  readonly paintWear: Range;
  readonly patches: Range;
  readonly dust: Range;
  readonly slab: Range;
  readonly stripedCurbs: boolean;
}

/** How a stretch along the street is used. */
export type PlotKind = "terrace" | "tower" | "shops" | "house" | "walled" | "fenced" | "park" | "open";

/** A way of building. */
export type FacadeStyle = "plaster" | "brick" | "shutters" | "ribbon" | "curtain" | "concrete" | "shed";

export interface RoadsideStatistics {
  readonly plots: Weights<PlotKind>;
  /** Meters along the street, each. */
  readonly plotWidth: Range;
  /** Meters, each house. */
  readonly height: Range;
  readonly styles: Weights<FacadeStyle>;
  readonly roofs: Weights<RoofKind>;
  /** Shares of houses. */
  readonly shops: number;
  readonly awnings: number;
  readonly balconies: number;
  readonly fences: Weights<FenceKind>;
  readonly walls: Weights<Bond>;
  readonly wallHeight: Range;
  readonly graffiti: number;
  readonly trees: Weights<TreeKind>;
  readonly treeHeight: Range;
  /** Share of sides with a row of trees, and meters between them. */
  readonly treeRows: number;
  readonly treeSpacing: Range;
  /** What closes the view, far away. */
  readonly skyline: Weights<"trees" | "towers" | "hills" | "none">;
}

export type VehicleKind = "car" | "truck" | "bus" | "motorcycle" | "bicycle";

export interface TrafficStatistics {
  /** Meters between vehicles of a lane. */
  readonly gap: Range;
  readonly vehicles: Weights<VehicleKind>;
  readonly cars: Weights<CarKind>;
  /** Share of parking places taken. */
  readonly parked: number;
  readonly taxis: number;
  readonly doubleDeckers: number;
  readonly dirt: Range;
}

export interface PeopleStatistics {
  /** Numbers in a scene. */
  readonly walking: Range;
  readonly crossing: Range;
  readonly cyclists: Range;
  readonly parkedBicycles: Range;
  readonly parkedMotorcycles: Range;
  /** Share who walk in company, are children, wear hats. */
  readonly company: number;
  readonly children: number;
  readonly hats: number;
  readonly umbrellas: number;
  /** Share who wear long garments. */
  readonly longClothes: number;
  readonly build: Range;
}

export interface FurnitureStatistics {
  readonly lampSpacing: Range;
  readonly lampHeight: Range;
  /** Share of scenes with utility poles and wires. */
  readonly utilityPoles: number;
  readonly signs: Range;
  readonly signKinds: Weights<SignKind>;
  readonly gantries: number;
  /** Traffic lights hang from arms over the road, or stand on poles. */
  readonly signalArms: boolean;
  readonly clutter: Range;
  readonly bollards: number;
  readonly guideColor: Rgb;
  readonly yellowWarnings: boolean;
  readonly signalCasing: Rgb;
}

export interface Palettes {
  readonly facades: Palette;
  readonly trims: Palette;
  readonly accents: Palette;
  readonly roofs: Palette;
  readonly walls: Palette;
  readonly fences: Palette;
  readonly vehicles: Palette;
  readonly trains: Palette;
  readonly clothes: Palette;
  readonly skins: Palette;
  readonly hair: Palette;
  readonly leaves: Palette;
  readonly bark: Palette;
  readonly grass: Palette;
  readonly earth: Palette;
  readonly asphalt: Palette;
  readonly paving: Palette;
  readonly poles: Palette;
  readonly plates: Palette;
}

export interface LightStatistics {
  /** Degrees above the horizon; degrees from straight ahead, to the right when positive (drawn to either side). */
  readonly sunElevation: Range;
  readonly sunAzimuth: Range;
  /** Black when the sun throws no shadows. */
  readonly sun: Rgb;
  readonly sunStrength: Range;
  /** Light from above and from below, times the ambient strength. */
  readonly fromSky: Rgb;
  readonly fromGround: Rgb;
  readonly ambient: Range;
  /** Each scene mixes the first and the last color. */
  readonly zenith: Palette;
  readonly horizon: Palette;
  readonly skyFalloff: Range;
  readonly clouds: Range;
  readonly cloudCrispness: number;
  readonly cloudLight: Rgb;
  readonly cloudDark: Rgb;
  readonly sunGlow: Rgb;
  readonly haze: Palette;
  /** Meters at which a tenth of a thing's own light arrives. */
  readonly visibility: Range;
  /** 0 by day: strength of street lamps, own headlights, vehicles' lamps; share of lit windows. */
  readonly streetLamps: number;
  readonly lampColor: Rgb;
  readonly headlights: number;
  readonly vehicleLamps: Range;
  readonly litWindows: Range;
  readonly windowGlow: number;
  /** How strong the patterns on all surfaces are: 0 is a cartoon, 1 the street. */
  readonly texture: Range;
}

export interface WeatherStatistics {
  readonly wetness: Range;
  readonly rain: Range;
  readonly dropsOnLens: Range;
  readonly snowCover: Range;
  readonly snowOnRoad: Range;
  readonly snowfall: Range;
}

export interface SensorStatistics {
  /** Gain before the tone curve. */
  readonly exposure: Range;
  readonly contrast: Range;
  readonly saturation: Range;
  /** Gains of red, green and blue; each scene mixes the first and the last. */
  readonly cast: Palette;
  /** Light that the lens scatters everywhere. */
  readonly flare: Range;
  /** Share of light that spreads from bright places. */
  readonly bloom: number;
  /** Standard deviations: blur in thousandths of the image's height, noise in 8-bit steps. */
  readonly blur: Range;
  readonly noise: Range;
  readonly vignette: Range;
  /** Shift of red against blue at the edges, in thousandths of the width. */
  readonly fringe: Range;
  /** JPEG quality, 1 to 100; 0 for none. */
  readonly compression: Range;
}
