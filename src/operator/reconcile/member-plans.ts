import type { MemberBirth, MemberPlan } from '../api/member-plan.ts';
import { memberName } from '../resources/names.ts';
import { reconcileLimits } from './limits.ts';
import type { StepInput } from './outcome.ts';
import type { Picture } from './picture.ts';

/** The plan of one member as the cluster wants it now; birth and volume are facts of the member. */
export function memberPlan(
  input: StepInput,
  picture: Picture,
  member: {
    readonly name: string;
    readonly ordinal: number;
    readonly birth: MemberBirth;
    readonly volumeId: string;
  },
): MemberPlan {
  const { cluster, settings } = input;
  return {
    ...member,
    ...settings.addresses.of(cluster, member.name, member.ordinal),
    image: picture.image,
    etcdOptions: cluster.spec.etcdOptions,
    medium: cluster.spec.storageSpec.medium,
    templateHash: picture.templateHash,
  };
}

/**
 * How a member joins a cluster that has formed: everybody listed. Without a list (a workload comes
 * back on its old volume while the quorum is away) those whose workloads are known; the server
 * reads its own log then and only wants to see itself.
 */
export function joiningBirth(input: StepInput, picture: Picture, name: string): MemberBirth {
  const { cluster, settings } = input;
  const listed = picture.members.filter((member) => member.listed !== undefined);
  const known = picture.members.filter(
    (member) => member.workload !== undefined || member.name === name,
  );
  const initialCluster =
    listed.length > 0
      ? listed.flatMap((member) =>
          (member.listed?.peerUrls ?? []).map((peerUrl) => ({
            name: safeName(member.name),
            peerUrl,
          })),
        )
      : known.map(({ name, ordinal }) => ({
          name,
          peerUrl: settings.addresses.of(cluster, name, ordinal ?? 0).peerUrl,
        }));
  return {
    initialCluster,
    initialClusterState: 'existing',
    initialClusterToken: cluster.metadata.uid,
  };
}

/** A foreign unstarted member is known by its URL only, which cannot stand for a name. */
function safeName(name: string): string {
  return name.replace(/[=,]/g, '_');
}

/**
 * The lowest ordinals nobody uses: no workload, no pod that is still stopping, no list entry, no
 * volume (also none kept from a removed member or an earlier cluster). So a new member always
 * starts on an empty disk, and an old disk never meets a new identity.
 */
export function freeOrdinals(
  input: StepInput,
  picture: Picture,
  count: number,
  mayReuse: (name: string) => boolean,
): readonly number[] {
  const { cluster, observed } = input;
  const taken = new Set<string>([
    ...observed.takenNames,
    ...observed.volumes.map((volume) => volume.memberName),
    ...observed.instances.map((instance) => instance.memberName),
    ...picture.members.map(({ name }) => name),
  ]);
  const found: number[] = [];
  for (let ordinal = 0; ordinal < reconcileLimits.ordinalsMax; ordinal += 1) {
    if (found.length === count) break;
    const name = memberName(cluster, ordinal);
    if (!taken.has(name) || mayReuse(name)) found.push(ordinal);
  }
  return found;
}
