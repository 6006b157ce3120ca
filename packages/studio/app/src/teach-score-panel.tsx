// Of the view Teach: the score of labeled pictures that were left out, before and after.

import { percent, signed } from "./figures.js";
import * as state from "./state.js";
import { leftOut, scoreTeaching, scoring, stopScoring, teachScore } from "./teach-score.js";

/** A table by group, or nothing where no picture is labeled. */
export function TeachScorePanel() {
  const pictures = leftOut().length;
  const [score, model] = [teachScore.value, state.model.value];
  if (pictures === 0 || !model?.hasMemory) return null;
  const isOld = score && (score.strokes !== state.strokes.value || score.votes !== state.votes.value);
  return (
    <section>
      <h2>Score of pictures left out</h2>
      {score ? (
        <table class={`scores wide-first ${isOld ? "old" : ""}`}>
          <thead>
            <tr>
              <th scope="col">Mean IoU</th>
              <th scope="col">before</th>
              <th scope="col">after</th>
              <th scope="col">gain</th>
            </tr>
          </thead>
          <tbody>
            {score.groups.map(({ group, pictures: count, before, after }) => (
              <tr key={group}>
                <th scope="row">
                  {group} <span class="quiet">{count}</span>
                </th>
                <td>{percent(before)}</td>
                <td>{percent(after)}</td>
                <td>{before !== null && after !== null && signed(after - before)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p class="quiet">How labeled pictures that you did not brush on come out, before and after.</p>
      )}
      {isOld && scoring.value === null && <p class="quiet">Of earlier strokes or votes.</p>}
      <div class="row wrap">
        {scoring.value === null ? (
          <button type="button" disabled={state.written.value.length === 0} onClick={() => void start(model)}>
            Score {pictures} {pictures === 1 ? "picture" : "pictures"}
          </button>
        ) : (
          <button type="button" onClick={stopScoring}>
            Stop ({scoring})
          </button>
        )}
      </div>
    </section>
  );
}

async function start(model: NonNullable<typeof state.model.value>): Promise<void> {
  try {
    await scoreTeaching(model);
  } catch (error) {
    state.problem.value = `Scoring ended: ${state.messageOf(error)}`;
  }
}
