// Orders: the book, its schedule on the stations, the material it needs, and what to do when a station stands.
import { SegmentedControl } from "@mantine/core";
import { formatDateTime, useLanguage, useText } from "../../i18n";
import { useAnswer, useChangedRecords, useKept, useShownBranch, type ContingencyInfo, type OrderBook, type ScheduleAnswer } from "../live";
import { ReachNote } from "../inspector/_ReachNote";
import { ErrorNote, LoadingNote } from "../notes";
import { useUi, useUiStore } from "../state";
import { Contingencies } from "./_Contingencies";
import { Material } from "./_Material";
import { Orders } from "./_Orders";
import { Schedule } from "./_Schedule";
import { Stops } from "./_Stops";
import css from "./orders.module.css";

const PAGES = ["book", "schedule", "material", "contingency"] as const;
type Page = (typeof PAGES)[number];
export default function OrdersPanel() {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const wanted = useUi((state) => state.page) as Page | null;
  const branch = useShownBranch();
  const page = wanted && PAGES.includes(wanted) ? wanted : "book";
  const setPage = (next: Page) => ui.set({ page: next });
  const [count, again] = useChangedRecords(["order", "order_book", "production_schedule", "maintenance", "receipt", "lot_rule", "contingency", "branch"]);
  const timeline = branch?.id ?? "live";
  const of = `timeline=${encodeURIComponent(timeline)}`;
  const path = `/api/orders?${of}`;
  const fresh = useAnswer<OrderBook>(path, count);
  const plan = useAnswer<ScheduleAnswer>("/api/orders/schedule", count);
  const found = useAnswer<ContingencyInfo[]>(`/api/contingencies?${of}`, count);
  const book = useKept(fresh.data, path);
  const schedule = useKept(plan.data);
  const contingencies = useKept(found.data, of);
  const error = fresh.error ?? plan.error ?? found.error;
  if (error && !book) return <ErrorNote error={error} onRetry={again} />;
  if (!book || !schedule || !contingencies) return <LoadingNote />;
  return (
    <section className={css.page} aria-label={text("orders.title")}>
      <div className={css.bar}>
        <SegmentedControl
          aria-label={text("orders.title")}
          value={page}
          onChange={(value) => setPage(value as Page)}
          data={PAGES.map((value) => ({ value, label: text(`orders.page.${value}`) }))}
        />
        <ReachNote />
      </div>
      <div className={css.body} tabIndex={0} role="region" aria-label={text(`orders.page.${page}`)}>
        {branch !== null && (page === "material" || page === "contingency") ? (
          <p className={css.quiet}>{text(`orders.atFork.${page}`, { at: formatDateTime(branch.fork_ms ?? NaN, language) })}</p>
        ) : null}
        {page === "book" && branch !== null ? <p className={css.quiet}>{text(book.is_told ? "orders.branchMakesTold" : "orders.branchMakesBook")}</p> : null}
        {page === "book" ? <Orders key={path} book={book} schedule={branch === null ? schedule.schedule : null} /> : null}
        {page === "schedule" && branch !== null ? (
          <>
            <p className={css.quiet}>{text("orders.noScheduleOnBranch")}</p>
            <Stops key={path} book={book} isOpen />
          </>
        ) : null}
        {page === "schedule" && branch === null ? <Schedule book={book} schedule={schedule.schedule} /> : null}
        {page === "material" ? <Material key={path} timeline={timeline} count={count} /> : null}
        {page === "contingency" ? <Contingencies key={path} book={book} found={contingencies} branch={branch} /> : null}
      </div>
    </section>
  );
}
