// Asks the server over HTTP; every failure becomes one error that says what happened, why, and what to do.
import type { ErrorBody } from "./_types";

export class ServerError extends Error {
  constructor(
    readonly detail: ErrorBody,
    readonly status: number,
  ) {
    super(detail.what);
  }
}

export interface Api {
  language: string;
  /** Called when the server says that this browser is not signed in. */
  onSignedOut: (() => void) | null;
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  post<T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T>;
  send<T>(path: string, file: File): Promise<T>;
  patch<T>(path: string, body: unknown): Promise<T>;
  /** Puts one file in place of what is there. */
  put<T>(path: string, file: File): Promise<T>;
  remove(path: string): Promise<void>;
  upload<T>(path: string, files: readonly File[], fields: Record<string, string>): Promise<T>;
}

async function failure(answer: Response): Promise<ServerError> {
  const fallback: ErrorBody = { code: `http.${answer.status}`, what: `HTTP ${answer.status}`, why: answer.statusText, next: "" };
  const body: unknown = await answer.json().catch(() => null);
  const detail = (body as { error?: Partial<ErrorBody> } | null)?.error;
  return new ServerError(detail ? { ...fallback, ...detail } : fallback, answer.status);
}

async function request(api: Api, path: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    const headers = { "Accept-Language": api.language, ...(init.headers ?? {}) };
    answer = await fetch(path, { credentials: "same-origin", ...init, headers });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ServerError({ code: "client.unreachable", what: "", why: "", next: "" }, 0);
  }
  if (answer.ok) return answer;
  if (answer.status === 401) api.onSignedOut?.();
  throw await failure(answer);
}

function withJson(method: string, body: unknown): RequestInit {
  return { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

export function createApi(language: string): Api {
  const api: Api = {
    language,
    onSignedOut: null,
    async get<T>(path: string, signal?: AbortSignal) {
      return (await (await request(api, path, { signal: signal ?? null })).json()) as T;
    },
    async post<T>(path: string, body?: unknown, signal?: AbortSignal) {
      return (await (await request(api, path, { ...withJson("POST", body ?? {}), signal: signal ?? null })).json()) as T;
    },
    async patch<T>(path: string, body: unknown) {
      return (await (await request(api, path, withJson("PATCH", body))).json()) as T;
    },
    async put<T>(path: string, file: File) {
      const init: RequestInit = { method: "PUT", headers: { "Content-Type": "application/octet-stream" }, body: file };
      return (await (await request(api, path, init)).json()) as T;
    },
    async send<T>(path: string, file: File) {
      const init: RequestInit = { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file };
      return (await (await request(api, path, init)).json()) as T;
    },
    async remove(path: string) {
      await request(api, path, { method: "DELETE" });
    },
    async upload<T>(path: string, files: readonly File[], fields: Record<string, string>) {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.append(name, value);
      for (const file of files) form.append("files", file, file.name);
      return (await (await request(api, path, { method: "POST", body: form })).json()) as T;
    },
  };
  return api;
}

/** An AAS identifier as the AAS API writes it in a path (RFC 4648 §5, UTF-8, no padding). */
export function pathId(identifier: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(identifier)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
