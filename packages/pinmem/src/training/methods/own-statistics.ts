// Passes with other parameters, and what becomes of the batch statistics they see. The network normalizes by the batch, as
// always in training; what it would note of that in its running statistics goes to copies, which are thrown away, unless
// it shall count too.
//
// The official code has second and third networks for this, whose statistics are never used.

import { nn, noGrad, type Tensor } from "@pinmem/torch";

type Tensors = ReadonlyMap<string, Tensor>;

/**
 * Runs `body` with the given tensors in place of parameters, and with copies of all buffers in place of the network's.
 * @param body gets the copies, by name
 */
export function withOwnStatistics<T>(
  network: nn.AnyModule,
  parameters: Tensors,
  body: (buffers: Tensors) => T,
): T {
  const buffers = new Map(
    [...network.namedBuffers()].map(([name, buffer]) => [name, noGrad(() => buffer.clone())]),
  );
  return nn.functionalCall(network, new Map([...parameters, ...buffers]), () => body(buffers));
}

/** The same, but what the network notes goes to its own running statistics. */
export const withNetworkStatistics = <T>(
  network: nn.AnyModule,
  parameters: Tensors,
  body: (buffers: Tensors) => T,
): T => nn.functionalCall(network, parameters, () => body(new Map(network.namedBuffers())));
