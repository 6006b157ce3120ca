// Below the stage while a video or the camera is open: play, where it is, frames a second, keep a frame as a picture.

import { addFiles } from "./actions.js";
import { duration, isCamera, isPlaying, keptFrame, rate, seek, time, togglePlaying, video } from "./live.js";
import * as state from "./state.js";

export function VideoBar() {
  if (!video.value) return null;
  return (
    <div class="video">
      <button type="button" onClick={togglePlaying}>
        {isPlaying.value ? "Pause" : "Play"}
      </button>
      {!isCamera.value && (
        <>
          <input
            type="range"
            aria-label="Time"
            aria-valuetext={clock(time.value)}
            min={0}
            max={duration.value}
            step={0.04}
            value={time.value}
            disabled={duration.value === 0}
            onInput={({ currentTarget }) => seek(Number(currentTarget.value))}
          />
          <span class="figure">
            {clock(time.value)}
            {duration.value > 0 && ` of ${clock(duration.value)}`}
          </span>
        </>
      )}
      {isPlaying.value && <span class="quiet figure">{rate.value.toFixed(1)} frames a second</span>}
      <button type="button" class="last" onClick={() => void keep()}>
        Keep frame
      </button>
    </div>
  );
}

async function keep(): Promise<void> {
  try {
    await addFiles([await keptFrame(isCamera.value ? "camera" : (state.picture.value?.name ?? "video"))]);
  } catch (error) {
    state.problem.value = state.messageOf(error);
  }
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
