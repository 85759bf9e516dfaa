package dev.signalbox.testsupport;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.DSRecord;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSECRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * A zone signed with a key of its own, for a {@link FakeDnsServer} to answer from: {@code
 * server.otherwise(zone)}. Has wildcards. Denies with NSEC, or NSEC3 where configured.
 */
public final class SignedZone implements DnsBehaviour {

  private static final int TTL = 300;

  private final Name origin;
  private final KeyPair keys;
  private final DNSKEYRecord key;
  private final NavigableMap<Name, List<Record>> records = new TreeMap<>();
  private Instant from = Instant.now().minus(Duration.ofHours(1));
  private Instant to = Instant.now().plus(Duration.ofHours(1));
  private boolean hashed;
  private boolean forged;
  private @Nullable Name pretended;

  private SignedZone(String origin) throws GeneralSecurityException, DNSSEC.DNSSECException {
    this.origin = Name.fromConstantString(origin);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    this.keys = generator.generateKeyPair();
    this.key =
        new DNSKEYRecord(
            this.origin,
            DClass.IN,
            TTL,
            DNSKEYRecord.Flags.ZONE_KEY | DNSKEYRecord.Flags.SEP_KEY,
            DNSKEYRecord.Protocol.DNSSEC,
            DNSSEC.Algorithm.ECDSAP256SHA256,
            keys.getPublic());
    add(key);
    record(origin + " 300 IN SOA ns1." + origin + " admin." + origin + " 1 7200 900 1209600 60");
  }

  /** A zone below a name with the final dot, signed for an hour to both sides of now. */
  public static SignedZone of(String origin) {
    try {
      return new SignedZone(origin);
    } catch (GeneralSecurityException | DNSSEC.DNSSECException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Adds a record in master file notation; an NS record of another name is a delegation. */
  public SignedZone record(String line) {
    add(MasterFile.record(line));
    return this;
  }

  private void add(Record record) {
    records.computeIfAbsent(record.getName(), _ -> new ArrayList<>()).add(record);
  }

  /** Signs as if at another time. */
  public SignedZone valid(Instant begin, Instant end) {
    from = begin;
    to = end;
    return this;
  }

  /** Denies with NSEC3 instead of NSEC. */
  public SignedZone hashed() {
    hashed = true;
    return this;
  }

  /** Denies with the proofs of another name, whatever is asked for. */
  public SignedZone denying(String name) {
    pretended = Name.fromConstantString(name);
    return this;
  }

  /** Spoils every signature of what is not a key. */
  public SignedZone forged() {
    forged = true;
    return this;
  }

  /** The DS record that vouches for the zone, in master file notation. */
  public String anchor() {
    return new DSRecord(origin, DClass.IN, TTL, DNSSEC.Digest.SHA256, key).toString();
  }

  @Override
  public void respond(DnsExchange exchange) throws IOException {
    Record question = exchange.query().getQuestion();
    Message answer = exchange.reply();
    try {
      fill(answer, question.getName(), question.getType());
    } catch (DNSSEC.DNSSECException e) {
      throw new IllegalStateException(e);
    }
    answer.getHeader().setFlag(Flags.RA);
    exchange.send(answer);
  }

  private void fill(Message answer, Name name, int type) throws DNSSEC.DNSSECException {
    Name cut = delegation(name);
    boolean below = cut != null && !(type == Type.DS && name.equals(cut));
    List<Record> found =
        records.getOrDefault(name, List.of()).stream().filter(r -> r.getType() == type).toList();
    List<Record> wild = wildcard(name, type);
    if (!found.isEmpty()) {
      add(answer, Section.ANSWER, found, !below);
    } else if (!below && !wild.isEmpty()) {
      addAs(answer, name, wild);
      denyCloser(answer, name);
    } else if (!below) {
      add(answer, Section.AUTHORITY, soa(), true);
      deny(answer, name);
    }
  }

  private List<Record> wildcard(Name name, int type) {
    if (records.containsKey(name)) {
      return List.of();
    }
    return records.getOrDefault(name.wild(1), List.of()).stream()
        .filter(r -> r.getType() == type)
        .toList();
  }

  // The signature is that of the wildcard; how many labels it had says so (RFC 4035, 3.1.3.3).
  private void addAs(Message answer, Name name, List<Record> wild) throws DNSSEC.DNSSECException {
    Message signed = new Message();
    add(signed, Section.ANSWER, wild, true);
    signed
        .getSection(Section.ANSWER)
        .forEach(r -> answer.addRecord(r.withName(name), Section.ANSWER));
  }

  private @Nullable Name delegation(Name name) {
    for (Map.Entry<Name, List<Record>> entry : records.entrySet()) {
      Name each = entry.getKey();
      if (!each.equals(origin)
          && name.subdomain(each)
          && entry.getValue().stream().anyMatch(r -> r.getType() == Type.NS)) {
        return each;
      }
    }
    return null;
  }

  private List<Record> soa() {
    return records.getOrDefault(origin, List.of()).stream()
        .filter(r -> r.getType() == Type.SOA)
        .toList();
  }

  private void deny(Message answer, Name asked) throws DNSSEC.DNSSECException {
    boolean exists = records.containsKey(asked);
    if (!exists) {
      answer.getHeader().setRcode(Rcode.NXDOMAIN);
    }
    Name name = pretended == null ? asked : pretended;
    if (hashed) {
      addEach(answer, hashedNames().denial(name));
      return;
    }
    NSECRecord own = nsec(records.floorKey(name));
    NSECRecord wildcard = nsec(records.floorKey(Name.fromConstantString("*." + origin)));
    addEach(answer, exists || wildcard.equals(own) ? List.of(own) : List.of(own, wildcard));
  }

  private void denyCloser(Message answer, Name asked) throws DNSSEC.DNSSECException {
    Name name = pretended == null ? asked : pretended;
    addEach(answer, List.of(hashed ? hashedNames().covering(name) : nsec(records.floorKey(name))));
  }

  private void addEach(Message answer, List<? extends Record> proofs)
      throws DNSSEC.DNSSECException {
    for (Record proof : proofs) {
      add(answer, Section.AUTHORITY, List.of(proof), true);
    }
  }

  private NSECRecord nsec(Name owner) {
    Name next = records.higherKey(owner);
    return new NSECRecord(owner, DClass.IN, 60, next == null ? origin : next, types(owner));
  }

  private HashedNames hashedNames() {
    return new HashedNames(origin, records.keySet(), this::types);
  }

  private int[] types(Name name) {
    List<Integer> types =
        records.getOrDefault(name, List.of()).stream()
            .map(Record::getType)
            .distinct()
            .collect(Collectors.toCollection(ArrayList::new));
    // A delegation's NS is not the zone's own data and has no signature.
    if (delegation(name) == null) {
      types.add(Type.RRSIG);
    }
    if (!hashed) {
      types.add(Type.NSEC);
    }
    return types.stream().mapToInt(Integer::intValue).toArray();
  }

  private void add(Message answer, int section, List<Record> set, boolean signed)
      throws DNSSEC.DNSSECException {
    RRset rrset = new RRset();
    for (Record record : set) {
      answer.addRecord(record, section);
      rrset.addRR(record);
    }
    if (signed) {
      RRSIGRecord signature = DNSSEC.sign(rrset, key, keys.getPrivate(), from, to);
      boolean spoil = forged && rrset.getType() != Type.DNSKEY;
      answer.addRecord(spoil ? spoiled(signature) : signature, section);
    }
  }

  private static RRSIGRecord spoiled(RRSIGRecord right) {
    byte[] signature = right.getSignature().clone();
    signature[0] ^= 0x55;
    return new RRSIGRecord(
        right.getName(),
        right.getDClass(),
        right.getTTL(),
        right.getTypeCovered(),
        right.getAlgorithm(),
        right.getOrigTTL(),
        right.getExpire(),
        right.getTimeSigned(),
        right.getFootprint(),
        right.getSigner(),
        signature);
  }
}
