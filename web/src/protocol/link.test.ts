// Rules of the link: it resumes what was shown after a loss, answers each command once, and loses none silently.
import { describe, expect, it } from "vitest";
import { encodeFrame, Link, Refusal, type Socket } from ".";

class FakeSocket implements Socket {
  binaryType = "";
  readyState = 0;
  onopen: ((event: Event) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onmessage: ((event: MessageEvent<string | ArrayBuffer>) => void) | null = null;
  sent: Record<string, unknown>[] = [];
  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close(): void {
    this.readyState = 3;
  }
  accept(): void {
    this.readyState = 1;
    this.onopen?.(new Event("open"));
  }
  drop(): void {
    this.readyState = 3;
    this.onclose?.(new Event("close") as CloseEvent);
  }
  say(data: object | string | ArrayBuffer): void {
    const whole = typeof data === "string" || data instanceof ArrayBuffer ? data : JSON.stringify(data);
    this.onmessage?.(new MessageEvent("message", { data: whole }));
  }
}

function bench() {
  const sockets: FakeSocket[] = [];
  const waits: { callback: () => void; ms: number }[] = [];
  const link = new Link({
    language: "en",
    url: "ws://test/api/ws",
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    later: (callback, ms) => {
      waits.push({ callback, ms });
      return () => undefined;
    },
    random: () => 1,
  });
  const socket = () => sockets[sockets.length - 1] as FakeSocket;
  return { link, sockets, waits, socket };
}

describe("Link", () => {
  it("says who it is and what it watches as soon as it is open", () => {
    const { link, socket } = bench();
    link.watch(1, "all", 20);
    expect(socket().sent).toEqual([]);
    socket().accept();
    expect(socket().sent).toEqual([
      { type: "hello", language: "en" },
      { type: "watch", view: 1, signals: "all", rate_hz: 20, timeline: "live" },
    ]);
    expect(link.state).toBe("open");
  });

  it("comes back with growing waits and shows the same instant again", () => {
    const { link, socket, waits, sockets } = bench();
    socket().accept();
    link.watch(1, [4, 5]);
    link.seek(1, "shift", 1234);
    socket().drop();
    expect(link.state).toBe("lost");
    for (let i = 0; i < 8; i += 1) {
      waits[i]?.callback();
      socket().drop();
    }
    expect(waits.map((wait) => wait.ms)).toEqual([300, 600, 1200, 2400, 4800, 8000, 8000, 8000, 8000]);
    waits[8]?.callback();
    socket().accept();
    expect(sockets).toHaveLength(10);
    expect(socket().sent.at(-1)).toEqual({ type: "seek", view: 1, timeline: "shift", at_ms: 1234 });
  });

  it("forgets the instant when the view is live again", () => {
    const { link, socket, waits } = bench();
    socket().accept();
    link.watch(1, "all");
    link.seek(1, "live", 5);
    link.live(1);
    socket().drop();
    waits[0]?.callback();
    socket().accept();
    expect(socket().sent.map((message) => message.type)).toEqual(["hello", "watch"]);
  });

  it("gives each command its own answer", async () => {
    const { link, socket } = bench();
    socket().accept();
    const first = link.run("scene.move", { place: "a" });
    const second = link.undo("c1");
    const [one, two] = socket().sent.slice(1);
    expect(one).toMatchObject({ type: "run", command: "scene.move", dry_run: false });
    socket().say({ type: "error", request: two?.request, error: { code: "kernel.conflict", what: "w", why: "y", next: "n" } });
    socket().say({ type: "outcome", request: one?.request, state: "done", command_id: "c2" });
    await expect(first).resolves.toMatchObject({ command_id: "c2" });
    await expect(second).rejects.toBeInstanceOf(Refusal);
  });

  it("tells of every command that a loss left without an answer", async () => {
    const { link, socket } = bench();
    await expect(link.run("x", {})).rejects.toMatchObject({ detail: { code: "client.lost" } });
    socket().accept();
    const asked = link.run("x", {});
    socket().drop();
    await expect(asked).rejects.toMatchObject({ detail: { code: "client.lost" } });
  });

  it("passes frames on and reports what it cannot read", () => {
    const { link, socket } = bench();
    socket().accept();
    const frames: number[] = [];
    const damaged: Error[] = [];
    link.on("frame", (frame) => frames.push(frame.count));
    link.on("damaged", (error) => damaged.push(error));
    socket().say(encodeFrame({ timeMs: 1, handles: [1, 2], values: [3, 4] }));
    socket().say(new ArrayBuffer(5));
    socket().say("{");
    expect(frames).toEqual([2]);
    expect(damaged).toHaveLength(2);
  });
});
