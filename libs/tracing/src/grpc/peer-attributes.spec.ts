import { Metadata } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { callerAttributes, peerAttributes } from './attributes.js';

const v4 = { 'network.peer.address': '127.0.0.1', 'network.peer.port': 40000 };
const v6 = { 'network.peer.address': '::1', 'network.peer.port': 40000 };
const unix = { 'network.peer.address': '/run/a.sock' };

describe('rule 11: the peer of a connection', () => {
  it.each([
    ['127.0.0.1:40000', v4, { 'network.transport': 'tcp', 'network.type': 'ipv4' }],
    ['::1:40000', v6, { 'network.transport': 'tcp', 'network.type': 'ipv6' }],
    ['[::1]:40000', v6, { 'network.transport': 'tcp', 'network.type': 'ipv6' }],
    ['unix:/run/a.sock', unix, { 'network.transport': 'unix' }],
    ['/run/a.sock', unix, { 'network.transport': 'unix' }],
    ['dns:127.0.0.1:50051', {}, {}],
    ['dns:orders:50051', {}, {}],
    ['unknown', {}, {}],
    ['', {}, {}],
  ])('%s', (peer, attributes, old) => {
    expect(peerAttributes(peer, 'new')).toEqual(attributes);
    expect(peerAttributes(peer, 'old')).toEqual({ ...attributes, ...old });
    expect(peerAttributes(peer, 'dup')).toEqual({ ...attributes, ...old });
  });
});

describe('rule 11: who called', () => {
  const peer = '10.0.0.9:40000';

  it.each([
    [{}, { 'client.address': '10.0.0.9', 'client.port': 40000 }],
    [{ 'x-forwarded-for': '203.0.113.7, 10.0.0.1' }, { 'client.address': '203.0.113.7' }],
    [{ forwarded: 'for="[2001:db8::1]:4711";proto=https' }, { 'client.address': '2001:db8::1' }],
    [{ 'x-forwarded-for': 'nobody' }, { 'client.address': '10.0.0.9', 'client.port': 40000 }],
  ])('%j', (entries, attributes) => {
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(entries)) metadata.set(key, value);
    expect(callerAttributes(metadata, peer, 'old')).toEqual(attributes);
    expect(callerAttributes(metadata, peer, 'dup')).toEqual(attributes);
    expect(callerAttributes(metadata, peer, 'new')).toEqual({});
  });
});
