/** Answers a coding agent as its model would (OpenAI's Responses API): one command, then an end. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface StandInModel {
  readonly url: string;
  /** What the agent told the model about its commands. */
  readonly outputs: readonly string[];
  readonly close: () => void;
}

interface Asked {
  readonly input?: readonly { readonly type: string; readonly output?: unknown }[];
}

/** @param command the model asks for this one, once in each conversation */
export async function standInModel(command: string): Promise<StandInModel> {
  const outputs: string[] = [];
  let turn = 0;
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      turn += 1;
      const told = (JSON.parse(body) as Asked).input?.filter(({ type }) => type === 'function_call_output') ?? [];
      outputs.push(...told.map(({ output }) => JSON.stringify(output)));
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(eventsOf(`r${turn}`, told.length > 0 ? END : callOf(turn, command)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1`, outputs, close: () => server.close() };
}

const END = {
  type: 'message',
  id: 'm',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: 'done', annotations: [] }],
};

const callOf = (turn: number, cmd: string) => ({
  type: 'function_call',
  id: `f${turn}`,
  call_id: `call_${turn}`,
  name: 'exec_command',
  status: 'completed',
  arguments: JSON.stringify({ cmd }),
});

function eventsOf(id: string, item: object): string {
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
  const events = [
    { type: 'response.created', response: { id } },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: { id, status: 'completed', output: [item], usage } },
  ];
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}
