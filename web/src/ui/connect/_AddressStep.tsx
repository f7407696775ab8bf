// First step: what kind of server or broker, where it is, and how to get in.
import { Button, Radio, TextInput } from "@mantine/core";
import { useMemo, useState, type FormEvent } from "react";
import { localName, useLanguage, useText } from "../../i18n";
import { useAnswer, type ConnectProtocol } from "../live";
import { ErrorNote, LoadingNote } from "../notes";
import { byGrade, missing, protocolOf, schemeOf, settingsOf, type Typed } from "./_address";
import { Grade } from "./_Grade";
import { Refused } from "./_Refused";
import { SettingField } from "./_SettingField";
import type { WizardTools } from "./_useWizard";
import type { Wizard } from "./_wizard";
import css from "./connect.module.css";

interface ChoiceProps {
  protocols: readonly ConnectProtocol[];
  chosen: string;
  onChoose(protocol: string): void;
}

function ProtocolChoice({ protocols, chosen, onChoose }: ChoiceProps) {
  const text = useText();
  const language = useLanguage();
  return (
    <Radio.Group value={chosen} onChange={onChoose} label={text("connect.protocol")}>
      <div className={css.protocols}>
        {protocols.map((each) => (
          <Radio.Card key={each.protocol} value={each.protocol} className={css.protocol}>
            <span className={css.protocolHead}>
              <Radio.Indicator size="xs" />
              <b>{localName(each.title, language, each.protocol)}</b>
              <Grade grade={each.grade} />
            </span>
            <span className={css.quiet}>{localName(each.summary, language, "")}</span>
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}

export function AddressStep({ state, tools }: { state: Wizard; tools: WizardTools }) {
  const text = useText();
  const { data: offered, error } = useAnswer<ConnectProtocol[]>("/api/connect/protocols");
  const protocols = useMemo(() => offered && byGrade(offered), [offered]);
  const [endpoint, setEndpoint] = useState("");
  const [picked, setPicked] = useState<string | null>(null);
  const [typed, setTyped] = useState<Typed>({});
  if (error) return <ErrorNote error={error} />;
  if (!protocols) return <LoadingNote />;
  const byAddress = protocolOf(protocols, endpoint);
  const protocol = byAddress ?? protocols.find((each) => each.protocol === picked) ?? protocols[0];
  if (!protocol) return <p className={css.quiet}>{text("connect.noProtocols")}</p>;
  const isForeign = schemeOf(endpoint) !== "" && byAddress === null;
  const isReady = endpoint.trim() !== "" && !isForeign && missing(protocol, typed).length === 0 && state.work === null;
  const address = schemeOf(endpoint) ? endpoint.trim() : `${protocol.schemes[0]}://${endpoint.trim()}`;
  const choose = (name: string) => {
    setPicked(name);
    setTyped({});
    if (byAddress && byAddress.protocol !== name) setEndpoint("");
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) void tools.connect(address, settingsOf(protocol, typed));
  };
  return (
    <form className={css.form} onSubmit={submit}>
      <p className={css.lead}>{text("connect.addressLead")}</p>
      <ProtocolChoice protocols={protocols} chosen={protocol.protocol} onChoose={choose} />
      <TextInput
        data-autofocus
        label={text("connect.endpoint")}
        placeholder={protocol.example}
        value={endpoint}
        autoComplete="off"
        spellCheck={false}
        autoCapitalize="off"
        inputMode="url"
        maxLength={500}
        error={isForeign ? text("connect.schemeUnknown", { schemes: protocols.flatMap((each) => each.schemes).join(", ") }) : undefined}
        onChange={(event) => setEndpoint(event.currentTarget.value)}
      />
      {protocol.settings.length > 0 ? (
        <fieldset className={css.settings}>
          <legend>{text("connect.settings")}</legend>
          {protocol.settings.map((setting) => (
            <SettingField key={`${protocol.protocol}.${setting.name}`} setting={setting} value={typed[setting.name] ?? setting.default} onChange={(value) => setTyped({ ...typed, [setting.name]: value })} />
          ))}
        </fieldset>
      ) : null}
      <Refused error={state.failure} />
      <div className={css.formButtons}>
        <Button type="submit" disabled={!isReady}>
          {text("connect.connect")}
        </Button>
      </div>
    </form>
  );
}
