// What a browser without a session sees: how to sign in, and a place for the code of the link.
import { Button, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useText } from "../../i18n";
import { Icon } from "../icons";
import { useErrorText } from "../notes";
import type { ErrorBody } from "../live";
import css from "./signin.module.css";

/** The code out of a pasted link, or the code itself. */
export function codeOf(pasted: string): string {
  const found = /[?&]code=([^&#\s]+)/.exec(pasted);
  return decodeURIComponent(found?.[1] ?? pasted.trim());
}

async function redeem(code: string, language: string): Promise<ErrorBody | null> {
  const answer = await fetch(`/signin?code=${encodeURIComponent(code)}`, {
    credentials: "same-origin",
    headers: { Accept: "application/json", "Accept-Language": language },
  });
  if (answer.ok) return null;
  const body: unknown = await answer.json().catch(() => null);
  return (body as { error?: ErrorBody } | null)?.error ?? { code: `http.${answer.status}`, what: `HTTP ${answer.status}`, why: answer.statusText, next: "" };
}

export function SignIn({ language, onSignedIn }: { language: string; onSignedIn(): void }) {
  const text = useText();
  const errorText = useErrorText();
  const [pasted, setPasted] = useState("");
  const [problem, setProblem] = useState<ErrorBody | null>(null);
  const [isWaiting, setIsWaiting] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setIsWaiting(true);
    const refusal = await redeem(codeOf(pasted), language).catch((error: unknown) => errorText(error));
    setIsWaiting(false);
    setProblem(refusal);
    if (!refusal) onSignedIn();
  };
  return (
    <main className={css.page}>
      <div className={css.card}>
        <h1 className={css.product}>
          <img src="/icon.svg" alt="" width={28} height={28} />
          {text("product.name")}
        </h1>
        <h2 className={css.title}>{text("signin.title")}</h2>
        <ol className={css.steps}>
          <li>{text("signin.step1")}</li>
          <li>{text("signin.step2")}</li>
        </ol>
        <form onSubmit={(event) => void submit(event)} className={css.form}>
          <TextInput
            label={text("signin.code")}
            value={pasted}
            onChange={(event) => setPasted(event.currentTarget.value)}
            autoComplete="one-time-code"
            spellCheck={false}
            size="sm"
            error={problem ? problem.what : undefined}
          />
          <Button type="submit" size="sm" disabled={pasted.trim() === "" || isWaiting}>
            {text("signin.doIt")}
          </Button>
        </form>
        {problem ? (
          <p className={css.problem} role="alert">
            <Icon name="error" size={14} />
            <span>
              {problem.why} {problem.next}
            </span>
          </p>
        ) : null}
        <p className={css.note}>{text("signin.note")}</p>
      </div>
    </main>
  );
}
