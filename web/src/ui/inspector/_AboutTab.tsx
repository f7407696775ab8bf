// Who the selected thing is: identity, nameplate and technical data, as its shell says.
import { Suspense, lazy, useMemo } from "react";
import { useLanguage, useText } from "../../i18n";
import { pathId, useAnswer } from "../live";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import type { Selected } from "../state";
import { assetKindName, fieldName, flatten, pickText, readable, referenceText, type FlatElement, type Shell, type Submodel } from "./_aas";
import { CopyText } from "./_CopyText";
import css from "./inspector.module.css";
import { useSubmodels } from "./_submodels";

/** Submodels that tell who a thing is come first and open; these words stand in their semantic ids or names. */
const IDENTITY = /nameplate|technical_?data|contactinformation/i;
/** Simulation models (IDTA 02005), as packaged here or elsewhere. */
const SIMULATION = /admin-shell\.io\/idta\/SubmodelTemplate\/SimulationModels\//;
const MOST_ROWS = 400;
const RunModel = lazy(() => import("../forecast/RunModel"));

function Rows({ rows }: { rows: readonly FlatElement[] }) {
  const text = useText();
  return (
    <dl className={css.facts}>
      {rows.slice(0, MOST_ROWS).map((row) =>
        row.value === "" && row.element.modelType !== "Property" && row.element.modelType !== "MultiLanguageProperty" ? (
          <div key={row.path} className={css.factGroup} style={{ paddingLeft: row.level * 10 }}>
            <dt>{fieldName(row.name, text)}</dt>
            <dd className="x-visually-hidden">{row.element.modelType}</dd>
          </div>
        ) : (
          <div key={row.path} className={css.fact}>
            <dt style={{ paddingLeft: row.level * 10 }} title={row.path}>
              {fieldName(row.name, text)}
            </dt>
            <dd>{row.value || "–"}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function ShellIdentity({ selected }: { selected: Selected }) {
  const text = useText();
  const language = useLanguage();
  const { data, error, isLoading } = useAnswer<Shell>(selected.twin ? `/shells/${pathId(selected.twin.id)}` : null);
  if (error) return <ErrorNote error={error} />;
  if (!data) return isLoading ? <LoadingNote /> : null;
  const asset = data.assetInformation;
  const version = [data.administration?.version, data.administration?.revision].filter(Boolean).join(".");
  const description = pickText(data.description, language);
  return (
    <section className={css.group}>
      <h3 className={css.groupName}>{text("about.shell")}</h3>
      {description ? <p className={css.description}>{description}</p> : null}
      <dl className={css.facts}>
        <div className={css.fact}>
          <dt>{text("about.idShort")}</dt>
          <dd>{data.idShort ?? "–"}</dd>
        </div>
        <div className={css.factWide}>
          <dt>{text("about.id")}</dt>
          <dd>
            <CopyText value={data.id} />
          </dd>
        </div>
        {asset?.globalAssetId ? (
          <div className={css.factWide}>
            <dt>{text("about.asset")}</dt>
            <dd>
              <CopyText value={asset.globalAssetId} />
            </dd>
          </div>
        ) : null}
        {asset?.assetKind ? (
          <div className={css.fact}>
            <dt>{text("about.assetKind")}</dt>
            <dd>{assetKindName(asset.assetKind, text)}</dd>
          </div>
        ) : null}
        {asset?.specificAssetIds?.map((specific) => (
          <div className={css.fact} key={specific.name}>
            <dt>{fieldName(specific.name === "serialNumber" ? "SerialNumber" : specific.name, text)}</dt>
            <dd>{specific.value}</dd>
          </div>
        ))}
        {version ? (
          <div className={css.fact}>
            <dt>{text("about.version")}</dt>
            <dd>{version}</dd>
          </div>
        ) : null}
      </dl>
    </section>
  );
}

function SubmodelFacts({ submodel, path }: { submodel: Submodel; path: string | null }) {
  const language = useLanguage();
  const text = useText();
  const rows = useMemo(() => {
    const all = flatten(submodel.submodelElements ?? [], language);
    return path === null ? all : all.filter((row) => row.path === path || row.path.startsWith(`${path}.`) || row.path.startsWith(`${path}[`));
  }, [submodel, path, language]);
  const semantic = path === null ? submodel.semanticId : rows[0]?.element.semanticId;
  return (
    <section className={css.group}>
      <h3 className={css.groupName}>{pickText(submodel.displayName, language) || readable(submodel.idShort ?? submodel.id)}</h3>
      {rows.length === 0 ? <p className={css.description}>{text("about.noElements")}</p> : <Rows rows={rows} />}
      {referenceText(semantic) ? (
        <dl className={css.facts}>
          <div className={css.factWide}>
            <dt>{text("about.semantic")}</dt>
            <dd>
              <CopyText value={referenceText(semantic)} />
            </dd>
          </div>
        </dl>
      ) : null}
    </section>
  );
}

export function AboutTab({ selected }: { selected: Selected }) {
  const text = useText();
  const { twin, submodel, path } = selected;
  const ids = useMemo(() => {
    if (submodel) return [submodel.id];
    return (twin?.submodels ?? []).filter((part) => IDENTITY.test(part.semanticId) || IDENTITY.test(part.idShort)).map((part) => part.id);
  }, [submodel, twin]);
  const { submodels, isLoading, error } = useSubmodels(ids);
  const models = (submodel ? [submodel] : (twin?.submodels ?? [])).filter((part) => SIMULATION.test(part.semanticId));
  if (!twin) {
    return (
      <EmptyNote icon="shell" title={text("about.empty")}>
        {text("about.emptyHint")}
      </EmptyNote>
    );
  }
  return (
    <div>
      {submodel ? null : <ShellIdentity selected={selected} />}
      {models.map((part) => (
        <Suspense key={part.id} fallback={<LoadingNote />}>
          <RunModel submodel={part.id} name={readable(part.idShort)} />
        </Suspense>
      ))}
      {error ? <ErrorNote error={error} /> : null}
      {isLoading && ids.length > 0 ? <LoadingNote /> : null}
      {submodels.map((each) => (
        <SubmodelFacts key={each.id} submodel={each} path={path} />
      ))}
    </div>
  );
}
