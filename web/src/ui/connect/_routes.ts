// The questions that the wizard asks the server, each as one function.
import type { Api, ConnectNode, ConnectNodes, DraftInfo, EditResult, EditStep, JobInfo, MachineChange, PreviewValue, RowChange, RowPage } from "../live";

const ROOT = "/api/connect/drafts";
const CHILDREN = 1000;
export const FOUND_MOST = 1000;

export interface RowFilter {
  q: string;
  machine: string;
  isIncluded: boolean | null;
}

function draftPath(draft: string, rest = ""): string {
  return `${ROOT}/${encodeURIComponent(draft)}${rest}`;
}

export const routes = {
  drafts: ROOT,
  machines: (draft: string) => draftPath(draft, "/machines"),
  floor: (draft: string) => draftPath(draft, "/floor"),
  sheet: (draft: string, format: "xlsx" | "csv") => draftPath(draft, `/sheet?format=${format}`),

  connect: (api: Api, endpoint: string, settings: Record<string, string>, signal: AbortSignal) =>
    api.post<DraftInfo>(ROOT, { endpoint, settings }, signal),
  draft: (api: Api, draft: string) => api.get<DraftInfo>(draftPath(draft)),
  discard: (api: Api, draft: string) => api.remove(draftPath(draft)),
  children: (api: Api, draft: string, parent: string, cursor: string) =>
    api.get<ConnectNodes>(draftPath(draft, `/nodes?${new URLSearchParams({ parent, cursor, limit: String(CHILDREN) })}`)),
  search: (api: Api, draft: string, q: string, signal: AbortSignal) =>
    api.get<ConnectNodes>(draftPath(draft, `/search?${new URLSearchParams({ q, limit: String(FOUND_MOST) })}`), signal),
  preview: (api: Api, draft: string, addresses: readonly string[], signal: AbortSignal) =>
    api.post<PreviewValue[]>(draftPath(draft, "/preview"), { addresses }, signal),
  scan: (api: Api, draft: string) => api.post<JobInfo>(draftPath(draft, "/scan"), {}),
  suggest: (api: Api, draft: string, chosen: ReadonlyMap<string, ConnectNode>) =>
    api.post<JobInfo>(draftPath(draft, "/suggest"), { addresses: [...chosen.keys()] }),
  rows: (api: Api, draft: string, filter: RowFilter, offset: number, limit: number, signal: AbortSignal) => {
    const query = new URLSearchParams({ offset: String(offset), limit: String(limit), q: filter.q, machine: filter.machine });
    if (filter.isIncluded !== null) query.set("is_included", String(filter.isIncluded));
    return api.get<RowPage>(draftPath(draft, `/rows?${query}`), signal);
  },
  changeRows: (api: Api, draft: string, change: RowChange) => api.patch<EditResult>(draftPath(draft, "/rows"), change),
  changeMachine: (api: Api, draft: string, change: MachineChange) => api.patch<EditResult>(draftPath(draft, "/machines"), change),
  step: (api: Api, draft: string, way: "undo" | "redo") => api.post<EditStep>(draftPath(draft, `/${way}`)),
  takeSheet: (api: Api, draft: string, file: File) => api.put<EditResult>(draftPath(draft, "/sheet"), file),
  bringIn: (api: Api, draft: string, isDry: boolean, reason: string) => api.post<JobInfo>(draftPath(draft, "/import"), { dry_run: isDry, reason }),
  job: (api: Api, job: string) => api.get<JobInfo>(`/api/jobs/${encodeURIComponent(job)}`),
} as const;
