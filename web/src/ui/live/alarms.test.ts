// Rules of following alarms: what is told while the list is on its way is not lost with it.
import { describe, expect, it } from "vitest";
import { followAlarms } from "./_alarms";
import type { Api } from "./_api";
import type { Feed } from "./_feed";
import type { AlarmInfo } from "./_monitoring";
import { createStore } from "./_store";
import type { AlarmsMessage } from "../../protocol/generated";

const alarm = (id: string, state: string) => ({ id, state }) as AlarmInfo;
const message = (...alarms: AlarmInfo[]): AlarmsMessage => ({ type: "alarms", alarms, flood: null, removed: [] });

/** A page whose lists of alarms come when they are let go, and whose server can tell of changes. */
function page() {
  const asked: ((alarms: AlarmInfo[]) => Promise<void>)[] = [];
  const api = {
    get: () =>
      new Promise((resolve) =>
        asked.push(async (alarms) => {
          resolve({ alarms, flood: null });
          await new Promise((done) => setTimeout(done));
        }),
      ),
  } as unknown as Api;
  const connection = createStore({ state: "closed" });
  let tell: (changed: AlarmsMessage) => void = () => undefined;
  const feed = { connection, on: (_: string, hear: typeof tell) => ((tell = hear), () => undefined) } as unknown as Feed;
  const store = followAlarms(api, feed);
  const open = () => {
    connection.set({ state: "closed" });
    connection.set({ state: "open" });
  };
  open();
  return { asked, open, tell: (changed: AlarmsMessage) => tell(changed), shown: () => store.get().list.map((one) => `${one.id} ${one.state}`) };
}

describe("the alarms of a page that is being opened", () => {
  it("hold one that is raised while the list, made before, is on its way", async () => {
    const { asked, tell, shown } = page();
    tell(message(alarm("hot", "unacknowledged")));
    await asked[0]?.([alarm("old", "acknowledged")]);
    expect(shown()).toEqual(["old acknowledged", "hot unacknowledged"]);
  });

  it("do not bring back one that has ended meanwhile", async () => {
    const { asked, tell, shown } = page();
    tell(message(alarm("hot", "normal")));
    await asked[0]?.([alarm("hot", "cleared")]);
    expect(shown()).toEqual([]);
  });

  it("are those of the newest list, also where an older one comes after it", async () => {
    const { asked, open, shown } = page();
    open();
    await asked[1]?.([alarm("new", "unacknowledged")]);
    await asked[0]?.([alarm("old", "unacknowledged")]);
    expect(shown()).toEqual(["new unacknowledged"]);
  });
});
