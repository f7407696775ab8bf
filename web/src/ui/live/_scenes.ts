// Keeps what stands on the branches that are on the screen: things moved there, and machines set beside others.
import type { Api } from "./_api";
import type { Feed } from "./_feed";
import type { Store } from "./_store";
import type { Place, TimelineInfo } from "./_types";

/** What it reads and writes of all that is known of the plant. */
export interface Scenes {
  places: Place[];
  scenes: Readonly<Record<string, Place[]>>;
  timelines: TimelineInfo[];
}

/** The same things as before where nothing about them is another, so that only what moved is put elsewhere. */
export function keptPlaces(fresh: readonly Place[], known: readonly Place[]): Place[] {
  const before = new Map(known.map((place) => [place.id, place]));
  return fresh.map((place) => {
    const old = before.get(place.id);
    return old && JSON.stringify(old) === JSON.stringify(place) ? old : place;
  });
}

export class BranchScenes<P extends Scenes> {
  private readonly ends: (() => void)[];
  private asked = 0;
  private shown = "";

  constructor(
    private readonly api: Api,
    private readonly feed: Feed,
    private readonly plant: Store<P>,
  ) {
    this.ends = [feed.time, feed.beside.time].map((time) => time.subscribe(() => this.follow()));
    this.ends.push(
      feed.on("records", (diff) => {
        const touched = [diff.added, diff.updated, diff.removed].flatMap((part) => Object.keys(part));
        if (this.wanted().some((id) => touched.includes(`branch/${id}`))) void this.read();
      }),
    );
  }

  /** Another branch came on the screen, or one went. */
  private follow(): void {
    if (this.wanted().join(" ") !== this.shown) void this.read();
  }

  private wanted(): string[] {
    const ids = new Set([this.feed.time.get().timeline, this.feed.beside.time.get().timeline]);
    return this.plant.get().timelines.filter((each) => each.kind === "branch" && ids.has(each.id)).map((each) => each.id);
  }

  /** Reads the scene of every branch on the screen anew. */
  async read(): Promise<void> {
    const wanted = this.wanted();
    const mine = ++this.asked;
    this.shown = wanted.join(" ");
    if (wanted.length === 0 && Object.keys(this.plant.get().scenes).length === 0) return;
    try {
      const found = await Promise.all(wanted.map((id) => this.api.get<Place[]>(`/api/places?timeline=${encodeURIComponent(id)}`)));
      if (mine !== this.asked) return;
      const { places, scenes } = this.plant.get();
      const next = Object.fromEntries(wanted.map((id, at) => [id, keptPlaces(keptPlaces(found[at] ?? [], places), scenes[id] ?? [])]));
      this.plant.set({ scenes: next } as Partial<P>);
    } catch (error) {
      console.info("What stands on the branch could not be read.", error);
    }
  }

  close(): void {
    for (const end of this.ends) end();
  }
}
