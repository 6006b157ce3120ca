import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { cityscapes19, trainId } from "@pinmem/core";
import { describe, expect, it } from "vitest";
import { folderOf } from "../../../test/data-fixtures.js";
import type { Dataset, DatasetOptions } from "../dataset.js";
import type { FileSample } from "../definition.js";
import { openNamedDataset } from "./index.js";
import { mapillaryTrainId, reinTrainId } from "./mapillary.js";

/** Files as a user has them, what is asked for, and the pairs expected. */
interface Case {
  readonly name: string;
  readonly layout: string;
  readonly files: Readonly<Record<string, string>>;
  readonly options?: Partial<DatasetOptions>;
  readonly pairs: readonly (readonly [image: string, label: string])[];
}

const filesOf = ({ samples }: Dataset) => samples as readonly FileSample[];

/** A pair of files, repeated with other names. */
const pairOf = (
  image: string,
  label: string,
  fixtures: [string, string] = ["photo.png", "train-ids.png"],
) => ({
  files: { [image]: fixtures[0], [label]: fixtures[1] },
  pairs: [[image, label]] as const,
});

const cases: Case[] = [
  {
    name: "cityscapes",
    layout: "as unpacked",
    ...pairOf(
      "leftImg8bit/train/aachen/aachen_000000_000019_leftImg8bit.png",
      "gtFine/train/aachen/aachen_000000_000019_gtFine_labelIds.png",
    ),
  },
  {
    name: "cityscapes",
    layout: "official code",
    options: { split: "val" },
    ...pairOf(
      "leftImg8bit_trainvaltest/leftImg8bit/val/ulm/ulm_1_leftImg8bit.png",
      "gtFine_trainvaltest/gtFine/val/ulm/ulm_1_gtFine_labelIds.png",
    ),
  },
  {
    name: "bdd100k",
    layout: "official code",
    ...pairOf("images/train/a-1.jpg", "labels/train/a-1_train_id.png"),
  },
  {
    name: "bdd100k",
    layout: "as unpacked",
    options: { split: "val" },
    ...pairOf("images/10k/val/a-1.jpg", "labels/sem_seg/masks/val/a-1.png"),
  },
  {
    name: "bdd100k",
    layout: "first release, with its folder",
    ...pairOf("bdd100k/seg/images/train/a.jpg", "bdd100k/seg/labels/train/a_train_id.png"),
  },
  {
    name: "mapillary",
    layout: "as unpacked",
    ...pairOf("training/images/x.jpg", "training/labels/x.png", ["photo.jpg", "vistas.png"]),
  },
  {
    name: "mapillary",
    layout: "within version 2.0",
    options: { split: "val" },
    ...pairOf("validation/images/x.jpg", "validation/v1.2/labels/x.png", ["portrait.jpg", "vistas.png"]),
  },
  {
    name: "idd",
    layout: "as unpacked, with its folder",
    ...pairOf(
      "IDD_Segmentation/leftImg8bit/train/0/1_leftImg8bit.png",
      "IDD_Segmentation/gtFine/train/0/1_gtFine_labelcsTrainIds.png",
    ),
  },
  {
    name: "gtav",
    layout: "official code",
    options: { split: "val" },
    ...pairOf("images/valid/f1/00012.png", "labels/valid/f1/00012.png", ["photo.png", "gtav.png"]),
  },
  {
    name: "gtav",
    layout: "as unpacked",
    options: { split: "all" },
    ...pairOf("images/00012.png", "labels/00012.png", ["photo.png", "gtav.png"]),
  },
  {
    name: "synthia",
    layout: "as unpacked, with its folder",
    options: { split: "all" },
    ...pairOf("RAND_CITYSCAPES/RGB/0000001.png", "RAND_CITYSCAPES/GT/LABELS/0000001.png", [
      "photo.png",
      "synthia.png",
    ]),
  },
  {
    name: "synthia",
    layout: "official code",
    ...pairOf("RGB/train/0000001.png", "GT/LABELS/train/0000001.png", ["photo.png", "synthia.png"]),
  },
  {
    name: "camvid",
    layout: "SegNet",
    options: { split: "test" },
    ...pairOf("test/0001TP_008550.png", "testannot/0001TP_008550.png", ["photo.png", "camvid.png"]),
  },
  {
    name: "camvid",
    layout: "original stills",
    ...pairOf("701_StillsRaw_full/0001TP_1.png", "LabeledApproved_full/0001TP_1_L.png", [
      "photo.png",
      "colors.png",
    ]),
  },
  {
    name: "camvid",
    layout: "by drive",
    options: { subset: "0006R0" },
    files: {
      "images/0006R0/0006R0_f00930.jpg": "photo.jpg",
      "labels/0006R0/0006R0_f00930.png": "camvid.png",
      "images/0001TP/0001TP_006690.jpg": "photo.jpg",
      "labels/0001TP/0001TP_006690.png": "camvid.png",
    },
    pairs: [["images/0006R0/0006R0_f00930.jpg", "labels/0006R0/0006R0_f00930.png"]],
  },
  {
    name: "acdc",
    layout: "as unpacked",
    options: { subset: "fog" },
    files: {
      "rgb_anon/fog/train/GOPR0475/GOPR0475_frame_000041_rgb_anon.png": "photo.png",
      "gt/fog/train/GOPR0475/GOPR0475_frame_000041_gt_labelTrainIds.png": "train-ids.png",
      "gt/fog/train/GOPR0475/GOPR0475_frame_000041_gt_labelColor.png": "colors.png",
      "rgb_anon/fog/val/GOPR0476/a_rgb_anon.png": "photo.png",
      "rgb_anon/night/train/GOPR0351/b_rgb_anon.png": "photo.png",
    },
    pairs: [
      [
        "rgb_anon/fog/train/GOPR0475/GOPR0475_frame_000041_rgb_anon.png",
        "gt/fog/train/GOPR0475/GOPR0475_frame_000041_gt_labelTrainIds.png",
      ],
    ],
  },
  { name: "urbansyn", layout: "as unpacked", ...pairOf("rgb/rgb_0001.png", "ss/ss_0001.png") },
  { name: "folder", layout: "no split", ...pairOf("images/a/b.JPG", "labels/a/b.png") },
  {
    name: "folder",
    layout: "split, then kind",
    options: { split: "val" },
    ...pairOf("val/images/b.webp", "val/labels/b.png"),
  },
];

describe("openNamedDataset", () => {
  it.each(cases)("finds $name, layout $layout", async ({ name, layout, files, options, pairs }) => {
    const root = folderOf(files);
    const dataset = await openNamedDataset(name, { root, ...options });
    expect(dataset.layout).toBe(layout);
    const found = filesOf(dataset).map(({ image, label }) => [relative(root, image), relative(root, label)]);
    expect(found).toEqual(pairs);
  });

  it("takes the split of flat folders from the user's lists", async () => {
    const files: Record<string, string> = {};
    for (const name of ["00001", "00002", "00003"]) {
      files[`images/${name}.png`] = "photo.png";
      files[`labels/${name}.png`] = "gtav.png";
    }
    const root = folderOf(files);
    await expect(openNamedDataset("gtav", { root, split: "train" })).rejects.toThrow(
      /gtav_split_train\.txt: does not exist: .*one a line; or use split 'all', with part 'every-10th'/,
    );
    mkdirSync(join(root, "split_data"));
    writeFileSync(join(root, "split_data/gtav_split_train.txt"), "00003.png\r\n00001.png\n");
    const samples = filesOf(await openNamedDataset("gtav", { root, split: "train" }));
    expect(samples.map(({ image }) => relative(root, image))).toEqual([
      "images/00001.png",
      "images/00003.png",
    ]);
  });

  it("keeps every tenth file for validation when asked to", async () => {
    const names = Array.from({ length: 21 }, (_, at) => `${at}`.padStart(3, "0"));
    const root = folderOf(
      Object.fromEntries(
        names.flatMap((name) => [
          [`images/${name}.png`, "photo.png"],
          [`labels/${name}.png`, "train-ids.png"],
        ]),
      ),
    );
    const kept = await openNamedDataset("folder", { root, part: "every-10th" });
    expect(filesOf(kept).map(({ image }) => relative(root, image))).toEqual(
      ["000", "010", "020"].map((name) => `images/${name}.png`),
    );
    const rest = await openNamedDataset("folder", { root, part: "all-but-every-10th" });
    expect(rest.samples).toHaveLength(18);
  });

  it("says what to download and where to put it when nothing is there", async () => {
    const root = folderOf({ "other/photo.png": "photo.png" });
    await expect(openNamedDataset("cityscapes", { root: join(root, "missing") })).rejects.toThrow(
      /missing: is no folder; to get Cityscapes: register, download leftImg8bit_trainvaltest\.zip .*https:\/\/www\.cityscapes/,
    );
    await expect(openNamedDataset("cityscapes", { root })).rejects.toThrow(
      /holds no images of Cityscapes, split "train": looked in .*leftImg8bit\/train.*expected below the root/,
    );
  });

  it("names the image whose label is missing, or leaves such images out when asked to", async () => {
    const root = folderOf({
      "images/a.png": "photo.png",
      "images/b.png": "photo.png",
      "labels/b.png": "train-ids.png",
    });
    await expect(openNamedDataset("folder", { root })).rejects.toThrow(
      /images\/a\.png: has no label: looked in .*labels for "a\.png"; .*; complete/,
    );
    const { samples } = await openNamedDataset("folder", { root, unpaired: "skip" });
    expect(samples).toHaveLength(1);
  });

  it("points to the cure when IDD still has polygons only", async () => {
    const root = folderOf({
      "leftImg8bit/train/0/1_leftImg8bit.png": "photo.png",
      "gtFine/train/0/1_gtFine_polygons.json": "polygons.json",
    });
    await expect(openNamedDataset("idd", { root })).rejects.toThrow(
      /make the label images with `prepareIdd` first/,
    );
  });

  it("names what there is when the name, split or subset is unknown", async () => {
    const root = folderOf({ "images/a.png": "photo.png" });
    await expect(openNamedDataset("kitti", { root })).rejects.toThrow(
      /no data set "kitti"; there are cityscapes, bdd100k/,
    );
    await expect(openNamedDataset("cityscapes", { root, split: "dev" })).rejects.toThrow(
      /no split "dev"; there are train, val/,
    );
    await expect(openNamedDataset("acdc", { root, subset: "dust" })).rejects.toThrow(
      /no subset "dust"; there are fog/,
    );
  });
});

describe("mapillary's config", () => {
  const labels = (names: string[]) =>
    JSON.stringify({ labels: names.map((name) => ({ name, readable: name })) });

  it("gives the order of the classes", async () => {
    const files = pairOf("training/images/x.jpg", "training/v2.0/labels/x.png", [
      "photo.jpg",
      "vistas.png",
    ]).files;
    const root = folderOf(files);
    await expect(openNamedDataset("mapillary-v2", { root })).rejects.toThrow(
      /config_v2\.0\.json: does not exist/,
    );
    writeFileSync(
      join(root, "config_v2.0.json"),
      labels(["nature--sky", "animal--bird", "human--person--individual"]),
    );
    const { decoding } = await openNamedDataset("mapillary-v2", { root });
    expect(decoding.entries).toEqual([
      [0, 10],
      [1, 255],
      [2, 11],
    ]);
    writeFileSync(join(root, "config_v2.0.json"), "{");
    await expect(openNamedDataset("mapillary-v2", { root })).rejects.toThrow(
      /config_v2\.0\.json: is no JSON/,
    );
  });

  it("maps version 1.2 by its names as the official code does by its indices", async () => {
    const animals = ["animal--bird", "animal--ground-animal"];
    const barriers = ["curb", "fence", "guard-rail", "other-barrier", "wall"].map(
      (name) => `construction--barrier--${name}`,
    );
    const flats = [
      "bike-lane",
      "crosswalk-plain",
      "curb-cut",
      "parking",
      "pedestrian-area",
      "rail-track",
      "road",
      "service-lane",
      "sidewalk",
    ].map((name) => `construction--flat--${name}`);
    const structures = ["bridge", "building", "tunnel"].map((name) => `construction--structure--${name}`);
    const humans = [
      "human--person",
      ...["bicyclist", "motorcyclist", "other-rider"].map((name) => `human--rider--${name}`),
    ];
    const nature = ["mountain", "sand", "sky", "snow", "terrain", "vegetation", "water"].map(
      (name) => `nature--${name}`,
    );
    const objects = [
      "banner",
      "bench",
      "bike-rack",
      "billboard",
      "catch-basin",
      "cctv-camera",
      "fire-hydrant",
      "junction-box",
      "mailbox",
      "manhole",
      "phone-booth",
      "pothole",
      "street-light",
      "support--pole",
      "support--traffic-sign-frame",
      "support--utility-pole",
      "traffic-light",
      "traffic-sign--back",
      "traffic-sign--front",
      "trash-can",
      "vehicle--bicycle",
      "vehicle--boat",
      "vehicle--bus",
      "vehicle--car",
      "vehicle--caravan",
      "vehicle--motorcycle",
      "vehicle--on-rails",
      "vehicle--other-vehicle",
      "vehicle--trailer",
      "vehicle--truck",
      "vehicle--wheeled-slow",
    ].map((name) => `object--${name}`);
    const voids = ["car-mount", "ego-vehicle", "unlabeled"].map((name) => `void--${name}`);
    const names = [
      ...animals,
      ...barriers,
      ...flats,
      ...structures,
      ...humans,
      "marking--crosswalk-zebra",
      "marking--general",
      ...nature,
      ...objects,
      ...voids,
    ];
    expect(names).toHaveLength(66);
    const files = pairOf("training/images/x.jpg", "training/labels/x.png").files;
    const builtIn = await openNamedDataset("mapillary", { root: folderOf(files) });
    const withConfig = folderOf(files);
    writeFileSync(join(withConfig, "config.json"), labels(names));
    const byName = await openNamedDataset("mapillary", { root: withConfig });
    expect(new Map(byName.decoding.entries)).toEqual(new Map(builtIn.decoding.entries));
  });

  it("follows Rein's rule when asked to, by readable names, and says so in the data set's name", async () => {
    const files = pairOf("training/images/x.jpg", "training/labels/x.png").files;
    const root = folderOf(files);
    const options = { root, mapping: "rein" };
    await expect(openNamedDataset("mapillary", options)).rejects.toThrow(/config\.json: does not exist/);
    const names = ["Curb Cut", "Traffic Sign (Back)", "Lane Marking - Crosswalk", "Bird"];
    const entries = names.map((readable, at) => ({ name: `class--${at}`, readable }));
    writeFileSync(join(root, "config.json"), JSON.stringify({ labels: entries }));
    const dataset = await openNamedDataset("mapillary", options);
    expect(dataset.name).toBe("mapillary-rein");
    expect(dataset.decoding.entries.map(([, id]) => id)).toEqual([1, 7, 0, 255]);
    writeFileSync(join(root, "config.json"), JSON.stringify({ labels: [{ name: "nature--sky" }] }));
    await expect(openNamedDataset("mapillary", options)).rejects.toThrow(
      /class 0 of 'labels' has no readable name/,
    );
    await expect(openNamedDataset("mapillary", { root, mapping: "reim" })).rejects.toThrow(
      /mapillary: there is no mapping "reim"; did you mean "rein"\?/,
    );
    await expect(openNamedDataset("camvid", { root, mapping: "rein" })).rejects.toThrow(
      /camvid: there is no mapping "rein"; it has none/,
    );
  });

  it("maps all 124 names of version 2.0 as the table in docs/mapillary-v2.md says", () => {
    const document = readFileSync(new URL("../../../../../docs/mapillary-v2.md", import.meta.url), "utf8");
    const rows = [...document.matchAll(/^\| `(\S+)` +\| (.+?) +\| (.+?) +\| (.+?) +\|$/gm)];
    expect(rows).toHaveLength(124);
    const idOf = (name = "") => (name === "—" ? undefined : trainId(cityscapes19, name));
    for (const [, name = "", readable = "", ours, rein] of rows) {
      expect(mapillaryTrainId(name), name).toBe(idOf(ours));
      expect(reinTrainId(readable), readable).toBe(idOf(rein));
    }
  });

  it("sets street lights, sidewalks, roads and signs apart by Rein's rule", () => {
    const pole = ["Street Light", "Pole Group", "Utility Pole"].map(reinTrainId);
    expect(pole).toEqual([5, 5, 5]);
    expect(["Curb", "Curb Cut", "Pedestrian Area"].map(reinTrainId)).toEqual([1, 1, 1]);
    const road = [
      "Bike Lane",
      "Service Lane",
      "Parking",
      "Crosswalk - Plain",
      "Lane Marking (only) - Crosswalk",
    ];
    expect(road.map(reinTrainId)).toEqual([0, 0, 0, 0, 0]);
    expect(["Traffic Sign (Back)", "Traffic Sign Frame", "Signage - Back"].map(reinTrainId)).toEqual([
      7, 7, 7,
    ]);
    expect(["On Rails", "Traffic Light", "Bird"].map(reinTrainId)).toEqual([16, 6, undefined]);
  });

  it("maps the finer names of version 2.0 as version 1.2 maps theirs", () => {
    const mapped = [
      "marking--continuous--dashed",
      "marking-only--discrete--text",
      "marking--discrete--crosswalk-zebra",
      "marking-only--discrete--crosswalk-zebra",
      "object--traffic-light--pedestrians",
      "object--traffic-sign--direction-front",
      "object--traffic-sign--back",
      "human--person--person-group",
      "object--vehicle--vehicle-group",
    ].map(mapillaryTrainId);
    expect(mapped).toEqual([0, 0, undefined, undefined, 6, 7, undefined, 11, undefined]);
  });
});
