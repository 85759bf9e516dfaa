package dev.signalbox.testsupport;

import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.xbill.DNS.DClass;
import org.xbill.DNS.NSEC3Record;
import org.xbill.DNS.Name;
import org.xbill.DNS.utils.base32;

/** The names of a zone in the order of their hashes, to deny others with (RFC 5155). */
final class HashedNames {

  private static final int TTL = 60;
  private static final int HASH_BYTES = 20;

  private final Name origin;
  private final Function<Name, int[]> types;
  private final NavigableMap<byte[], Name> byHash = new TreeMap<>(Arrays::compareUnsigned);

  HashedNames(Name origin, Collection<Name> names, Function<Name, int[]> types) {
    this.origin = origin;
    this.types = types;
    for (Name name : names) {
      // Names between a record's and the zone's exist, though they have no record.
      for (Name each = name; each.subdomain(origin); each = new Name(each, 1)) {
        byHash.put(hash(each), each);
      }
    }
  }

  /**
   * Proves that a name has no record of a type, or that there is no such name: then by the closest
   * name above it that there is, and that neither the next name below that nor a wildcard exists
   * (section 7.2.2).
   */
  List<NSEC3Record> denial(Name name) {
    if (byHash.containsKey(hash(name))) {
      return List.of(at(hash(name)));
    }
    Name next = name;
    Name encloser = new Name(name, 1);
    while (!byHash.containsKey(hash(encloser))) {
      next = encloser;
      encloser = new Name(encloser, 1);
    }
    List<NSEC3Record> proofs = new ArrayList<>();
    for (NSEC3Record proof :
        List.of(at(hash(encloser)), covering(next), covering(wildcard(encloser)))) {
      if (!proofs.contains(proof)) {
        proofs.add(proof);
      }
    }
    return proofs;
  }

  private static Name wildcard(Name encloser) {
    return Name.fromConstantString("*." + encloser);
  }

  /** The record between whose hashes that of a name lies. */
  NSEC3Record covering(Name name) {
    Map.Entry<byte[], Name> before = byHash.floorEntry(hash(name));
    return at((before == null ? byHash.lastEntry() : before).getKey());
  }

  private NSEC3Record at(byte[] hash) {
    byte[] next = byHash.higherKey(hash);
    String label = new base32(base32.Alphabet.BASE32HEX, false, true).toString(hash);
    return new NSEC3Record(
        Name.fromConstantString(label + "." + origin),
        DClass.IN,
        TTL,
        NSEC3Record.Digest.SHA1,
        0,
        0,
        new byte[0],
        next == null ? byHash.firstKey() : next,
        types.apply(Objects.requireNonNull(byHash.get(hash))));
  }

  private byte[] hash(Name name) {
    try {
      return new NSEC3Record(
              origin,
              DClass.IN,
              TTL,
              NSEC3Record.Digest.SHA1,
              0,
              0,
              new byte[0],
              new byte[HASH_BYTES],
              new int[0])
          .hashName(name);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
