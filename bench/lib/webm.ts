// A WebM file of VP8 frames, as much of the format as a browser needs to play it and to seek in it: a header, one track, cues that say
// where clusters lie, and a cluster for each key frame. Source: matroska.org, "Matroska Element Specification".

/** A frame as an encoder gives it. */
export interface EncodedFrame {
  readonly bytes: Uint8Array;
  /** Milliseconds from the beginning. */
  readonly time: number;
  readonly isKey: boolean;
}

/** @throws RangeError where the first frame is no key frame */
export function webm(
  frames: readonly EncodedFrame[],
  { width, height, duration }: { readonly width: number; readonly height: number; readonly duration: number },
): Buffer {
  if (!frames[0]?.isKey) throw new RangeError("webm: the first frame must be a key frame");
  const head = element(
    0x1a45dfa3,
    element(0x4286, whole(1)),
    element(0x42f7, whole(1)),
    element(0x42f2, whole(4)),
    element(0x42f3, whole(8)),
    element(0x4282, Buffer.from("webm")),
    element(0x4287, whole(2)),
    element(0x4285, whole(2)),
  );
  const info = element(0x1549a966, element(0x2ad7b1, whole(1_000_000)), element(0x4489, real(duration)));
  const video = element(0xe0, element(0xb0, whole(width)), element(0xba, whole(height)));
  const track = element(
    0x1654ae6b,
    element(
      0xae,
      element(0xd7, whole(1)),
      element(0x73c5, whole(1)),
      element(0x83, whole(1)),
      element(0x86, Buffer.from("V_VP8")),
      video,
    ),
  );
  const clusters: { readonly time: number; readonly bytes: Buffer }[] = [];
  for (let at = 0; at < frames.length; ) {
    const next = frames.findIndex((frame, later) => later > at && frame.isKey);
    const end = next < 0 ? frames.length : next;
    clusters.push(cluster(frames.slice(at, end)));
    at = end;
  }
  const cues = (start: number): Buffer => {
    let position = start;
    const points = clusters.map(({ time, bytes }) => {
      const place = element(0xb7, element(0xf7, whole(1)), element(0xf1, whole(position)));
      position += bytes.length;
      return element(0xbb, element(0xb3, whole(time)), place);
    });
    return element(0x1c53bb6b, ...points);
  };
  // Numbers are as long whatever they say, and so are the cues.
  const index = cues(info.length + track.length + cues(0).length);
  const body = [info, track, index, ...clusters.map(({ bytes }) => bytes)];
  return Buffer.concat([head, element(0x18538067, ...body)]);
}

function cluster(frames: readonly EncodedFrame[]): { time: number; bytes: Buffer } {
  const time = Math.round(frames[0]?.time ?? 0);
  const blocks = frames.map(({ bytes, time: at, isKey }) => {
    const lead = Buffer.alloc(4);
    lead[0] = 0x81;
    lead.writeInt16BE(Math.round(at) - time, 1);
    lead[3] = isKey ? 0x80 : 0;
    return element(0xa3, lead, bytes);
  });
  return { time, bytes: element(0x1f43b675, element(0xe7, whole(time)), ...blocks) };
}

/** Identifier, length of eight bytes, content. */
function element(id: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const digits = id.toString(16);
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE((1n << 56n) | BigInt(body.length));
  return Buffer.concat([
    Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex"),
    length,
    body,
  ]);
}

function whole(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function real(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}
