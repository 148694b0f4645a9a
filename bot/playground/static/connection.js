/** One persona's line to the playground: the whole state comes in, acts go out and are answered by number. */

import { useCallback, useEffect, useRef, useState } from "./vendor/htm-preact-standalone.module.js";

const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 5000;
const LOST = "The playground did not answer. Is it still running?";

function address(user) {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const query = user ? `?user=${encodeURIComponent(user)}` : "";
  return `${scheme}://${location.host}/persona${query}`;
}

class Line {
  constructor(user, { onState, onOnline }) {
    this.user = user;
    this.onState = onState;
    this.onOnline = onOnline;
    this.waiting = new Map();
    this.lastId = 0;
    this.pause = FIRST_PAUSE;
    this.closed = false;
    this.open();
  }

  open() {
    this.socket = new WebSocket(address(this.user));
    this.socket.onopen = () => {
      this.pause = FIRST_PAUSE;
      this.onOnline(true);
    };
    this.socket.onmessage = (event) => this.receive(JSON.parse(event.data));
    this.socket.onclose = () => this.lost();
  }

  receive(message) {
    if (message.type === "state") {
      this.onState(message.state);
      return;
    }
    const answer = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    answer?.({ ok: true, ...message });
  }

  lost() {
    for (const answer of this.waiting.values()) answer({ ok: false, error: LOST });
    this.waiting.clear();
    if (this.closed) return;
    this.onOnline(false);
    this.retry = setTimeout(() => this.open(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }

  /** Send one act; the promise always resolves, to `{ok, error?, options?, option_groups?}`. */
  act(message) {
    if (this.socket.readyState !== WebSocket.OPEN) return Promise.resolve({ ok: false, error: LOST });
    this.lastId += 1;
    const id = this.lastId;
    this.socket.send(JSON.stringify({ ...message, id }));
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }

  close() {
    this.closed = true;
    clearTimeout(this.retry);
    this.socket.close();
  }
}

/**
 * Hold a line for `user` while the component lives. `undefined` opens none; `""` lets the server choose the persona.
 * The state is that of this very user or null: nobody sees, even for a moment, what another persona may see.
 */
export function usePersona(user) {
  const [held, setHeld] = useState({ user, state: null, online: null });
  const line = useRef(null);
  useEffect(() => {
    if (user === undefined) return undefined;
    setHeld({ user, state: null, online: null });
    line.current = new Line(user, {
      onState: (state) => setHeld((was) => ({ ...was, user, state })),
      onOnline: (online) => setHeld((was) => ({ ...was, user, online })),
    });
    return () => line.current.close();
  }, [user]);
  const act = useCallback((message) => line.current.act(message), []);
  const current = held.user === user;
  return { state: current ? held.state : null, online: current ? held.online : null, act };
}
