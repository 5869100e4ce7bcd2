import type { WebSocket } from 'ws';
import { createTokenBucket } from '../../domain/token-bucket.ts';
import { steadyMs } from '../../platform/steady-clock.ts';
import type { MeshLimits } from './limits.ts';

/** Slows down a peer by not reading its socket: TCP makes it wait, and no message is lost. */
export interface FlowControl {
  /** A frame was received; reading stops while the peer exceeds its rate. */
  readonly received: () => void;
  /** Stops reading while a message is handled that the next one must wait for. */
  readonly hold: (isHeld: boolean) => void;
  readonly workStarted: () => void;
  readonly workEnded: () => void;
  /** Number of tasks in progress. */
  readonly working: () => number;
  readonly stop: () => void;
}

/** @param onRate called when reading stops because of the rate */
export function createFlowControl(
  socket: Pick<WebSocket, 'pause' | 'resume'>,
  limits: Pick<MeshLimits, 'messagesPerSecond' | 'messageBurst' | 'queriesAtOnce'>,
  onRate: () => void,
): FlowControl {
  const bucket = createTokenBucket(
    { burst: limits.messageBurst, refillMs: 1_000 / limits.messagesPerSecond },
    steadyMs(),
  );
  let timer: NodeJS.Timeout | undefined;
  let working = 0;
  let isHeld = false;
  const update = (): void => {
    if (isHeld || timer !== undefined || working >= limits.queriesAtOnce) socket.pause();
    else socket.resume();
  };
  const wake = (): void => {
    timer = undefined;
    update();
  };
  return {
    received: () => {
      const waitMs = bucket.take(steadyMs());
      if (waitMs === 0) return;
      if (timer === undefined) onRate();
      clearTimeout(timer);
      timer = setTimeout(wake, waitMs);
      update();
    },
    hold: (wanted) => {
      isHeld = wanted;
      update();
    },
    workStarted: () => {
      working += 1;
      update();
    },
    workEnded: () => {
      working -= 1;
      update();
    },
    working: () => working,
    stop: () => clearTimeout(timer),
  };
}
