// The connectors that are installed, ours and outsiders', each with its quality grade and the rules behind it.
import { localName, useLanguage, useText } from "../../i18n";
import { Icon } from "../icons";
import { protocolName, type ConnectorInfo } from "../live";
import { Grade } from "./_Grade";
import css from "./connections.module.css";

export function ConnectorList({ connectors }: { connectors: readonly ConnectorInfo[] }) {
  const text = useText();
  const language = useLanguage();
  return (
    <div className={css.connectors}>
      {connectors.map((connector) => {
        const done = connector.rules.filter((rule) => rule.state !== "open").length;
        return (
          <details key={connector.protocol} className={css.connector}>
            <summary>
              <Icon name="chevron" size={12} className={css.twisty} />
              <b className={css.protocol}>{protocolName(connector.protocol)}</b>
              <Grade grade={connector.grade} />
              {connector.error ? (
                <span className={`x-ellipsis ${css.error}`}>{connector.error}</span>
              ) : (
                <span className={css.quiet}>{text("connect.rulesKept", { done, all: connector.rules.length })}</span>
              )}
              <span className={`x-ellipsis ${css.quiet}`}>{connector.package}</span>
            </summary>
            {connector.error ? <p className={css.error}>{connector.error}</p> : null}
            <ul>
              {connector.rules.map((rule) => (
                <li key={rule.rule}>
                  <b>{text(`connect.rule.${rule.state}`)}</b> {localName(rule.title, language, rule.rule)}
                  {localName(rule.reason, language, "") ? <span className={css.quiet}> ({localName(rule.reason, language, "")})</span> : null}
                </li>
              ))}
            </ul>
          </details>
        );
      })}
    </div>
  );
}
