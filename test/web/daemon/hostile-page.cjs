/*
 * Stands in for the page's process after somebody has taken it over: says to the service what
 * `script.json` beside it lists, one message after the other, and writes what it is answered to
 * `answers.json`. A message without an id gets no answer.
 */
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const answers = [];
const waiting = new Map();

process.on('message', (message) => {
  if (message.type === 'setup') {
    process.send({ type: 'ready' });
    void play(message);
  } else if (message.type === 'reply') waiting.get(message.id)?.(message.reply);
});

async function play(setup) {
  const script = JSON.parse(readFileSync(join(__dirname, 'script.json'), 'utf8'));
  for (const message of script) {
    const answered = new Promise((resolve) => {
      if (message.id === undefined) resolve(null);
      else waiting.set(message.id, resolve);
    });
    process.send(message);
    answers.push(await answered);
  }
  writeFileSync(join(__dirname, 'answers.json'), JSON.stringify({ sessions: setup.sessions, answers }));
}
