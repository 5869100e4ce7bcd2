import type { WebSocket } from 'ws';
import { createTokenBucket } from '../../domain/token-bucket.ts';
import { steadyMs } from '../../platform/steady-clock.ts';
import type { MeshLimits } from './limits.ts';

/** Slows down a peer by not reading its socket: TCP makes it wait, and no message is lost. */
export interface FlowControl {
  /**
   * A frame of any type, also ping and pong, was received. Reading stops while the peer exceeds its
   * rate of frames or of bytes.
   */
  readonly received: (bytes: number) => void;
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
  limits: Pick<MeshLimits, 'messagesPerSecond' | 'messageBurst' | 'bytesPerSecond' | 'byteBurst' | 'queriesAtOnce'>,
  onRate: () => void,
): FlowControl {
  const now = steadyMs();
  const frames = createTokenBucket({ burst: limits.messageBurst, refillMs: 1_000 / limits.messagesPerSecond }, now);
  const volume = createTokenBucket({ burst: limits.byteBurst, refillMs: 1_000 / limits.bytesPerSecond }, now);
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
    received: (bytes) => {
      const at = steadyMs();
      const waitMs = Math.max(frames.take(at), volume.take(at, bytes));
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
