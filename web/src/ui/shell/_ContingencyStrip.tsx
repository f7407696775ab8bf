// Says on every view that a machine stands and that contingency plans lie ready, until it works again or somebody sees to it.
import { Button } from "@mantine/core";
import { listText, useLanguage, useText } from "../../i18n";
import { useActionTools } from "../actions";
import { Icon } from "../icons";
import { useAnswer, useChangedRecords, useKept, usePlant, useSession, useShownBranch, type ContingencyInfo } from "../live";
import { useUi, useUiStore } from "../state";
import css from "./shell.module.css";

export function ContingencyStrip({ isPhone }: { isPhone: boolean }) {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const ui = useUiStore();
  const canHandle = usePlant((plant) => plant.commands.some((command) => command.name === "contingency.handle"));
  const branch = useShownBranch();
  const isThere = useUi((state) => state.centre === "orders" && state.page === "contingency") && branch === null;
  const { feed } = useSession();
  const show = () => {
    if (branch !== null) feed.live(); // the machine stands on the line
    ui.set({ centre: "orders", phoneTab: "orders", page: "contingency" });
  };
  const [count] = useChangedRecords(["contingency"]);
  const { data } = useAnswer<ContingencyInfo[]>("/api/contingencies?is_open=true", count);
  const open = useKept(data) ?? [];
  const handle = async () => {
    for (const one of open) if (!(await tools.run("contingency.handle", { id: one.id }))) return;
  };
  return (
    <div role="status">
      {open.length > 0 ? (
        <div className={css.contingencyStrip}>
          <Icon name="warning" size={14} />
          <p className={css.branchText}>{branch === null ? null : text("branch.onTheLine")} {text("contingency.standing", { machines: listText([...new Set(open.map((one) => one.machine))], language) })}</p>
          {isThere ? null : (
            <Button variant="default" size="compact-sm" onClick={show}>
              {text(isPhone ? "contingency.showShort" : "contingency.show")}
            </Button>
          )}
          {canHandle ? (
            <Button variant="default" size="compact-sm" onClick={() => void handle()}>
              {text("contingency.handle")}
            </Button>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}
