import { randomBytes } from 'node:crypto';

/** The directories and addresses of a small Ceph. */
export type CephPlan = { fsid: string; directory: string; run: string; monPort: number; gatewayPort: number };

/**
 * One monitor, one object store daemon on a sparse file, one S3 gateway. `cephx` stays on, because the gateway hangs
 * without authentication. Object names are limited to what the file systems below allow, and `tcp_nodelay` saves 45 ms
 * per request.
 */
export function cephConfig({ fsid, directory, run, monPort, gatewayPort }: CephPlan): string {
  return `[global]
fsid = ${fsid}
mon initial members = a
mon host = [v2:127.0.0.1:${monPort}/0]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = ${directory}/keyring
run dir = ${run}
admin socket = ${run}/$name.asok
crash dir = ${run}
log file = ""
log to stderr = true
err to stderr = true
debug rocksdb = 0
debug osd = 0
debug rgw = 0
mon cluster log file = /dev/null
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd max object name len = 256
osd max object namespace len = 64
mon allow pool size one = true
mon data avail crit = 1
ms bind ipv6 = false

[mon.a]
mon data = ${directory}/mon

[osd.0]
osd data = ${directory}/osd
osd objectstore = bluestore
bluestore block size = 21474836480
osd memory target = 939524096

[client.rgw]
rgw data = ${run}
rgw frontends = beast endpoint=127.0.0.1:${gatewayPort} tcp_nodelay=1
`;
}

/** A key of Ceph: type 1 (AES), no creation time, 16 bytes. */
function cephKey(): string {
  const header = Buffer.alloc(12);
  header.writeUInt16LE(1, 0);
  header.writeUInt16LE(16, 10);
  return Buffer.concat([header, randomBytes(16)]).toString('base64');
}

/** The keys of the daemons and the administrator, with their permissions. */
export function cephKeyring(): string {
  const capabilities: Record<string, readonly string[]> = {
    'mon.': ['mon = "allow *"'],
    'client.admin': ['mon = "allow *"', 'osd = "allow *"', 'mgr = "allow *"'],
    'osd.0': ['mon = "allow profile osd"', 'osd = "allow *"'],
    'client.rgw': ['mon = "allow rw"', 'osd = "allow rwx"'],
  };
  return Object.entries(capabilities)
    .map(([name, caps]) => `[${name}]\n\tkey = ${cephKey()}\n${caps.map((cap) => `\tcaps ${cap}\n`).join('')}`)
    .join('');
}
