// Turns any failure into the three sentences a reader needs: what happened, why, what to do next.
import { useCallback } from "react";
import { useText } from "../../i18n";
import { Refusal, ServerError, type ErrorBody } from "../live";

function isErrorBody(error: unknown): error is ErrorBody {
  return typeof error === "object" && error !== null && "what" in error && "why" in error;
}

export function useErrorText(): (error: unknown) => ErrorBody {
  const text = useText();
  return useCallback(
    (error: unknown) => {
      const lost: ErrorBody = {
        code: "client.unreachable",
        what: text("error.unreachable.what"),
        why: text("error.unreachable.why"),
        next: text("error.unreachable.next"),
      };
      if (isErrorBody(error)) return error;
      if (error instanceof ServerError || error instanceof Refusal) return error.detail.code.startsWith("client.") ? lost : error.detail;
      const why = error instanceof Error ? error.message : String(error);
      return { code: "client.error", what: text("error.client.what"), why, next: text("error.client.next") };
    },
    [text],
  );
}
