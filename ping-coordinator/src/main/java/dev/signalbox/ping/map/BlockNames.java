package dev.signalbox.ping.map;

import dev.signalbox.contracts.net.Cidr;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** IANA's names: who administers or holds each /8, and what special-purpose networks are for. */
public final class BlockNames {

  private static final int BITS = 32;
  private static final int OCTETS = 256;

  /**
   * A network with a name.
   *
   * @param address its first address as a number
   * @param length the length of its prefix
   */
  public record Named(long address, int length, String name) {

    /** CIDR notation. */
    public String network() {
      return Cidr.ofV4((int) address, length).toString();
    }

    /** Whether a network lies within. */
    boolean contains(long other, int otherLength) {
      return length <= otherLength && (address ^ other) >> (BITS - length) == 0;
    }

    private static Named of(String network, String name) {
      Cidr block = Cidr.parseV4(network);
      return new Named(Integer.toUnsignedLong(block.firstV4()), block.bits(), name);
    }
  }

  private final List<Named> octets;
  private final List<Named> specials;

  private BlockNames(List<Named> octets, List<Named> specials) {
    this.octets = octets;
    this.specials = specials;
  }

  /** Reads the registries, which come with this module. */
  public static BlockNames read() {
    List<Named> octets =
        rows("ipv4-address-space.csv").map(row -> Named.of(row[0] + ".0.0.0/8", row[1])).toList();
    if (octets.size() != OCTETS) {
      throw new IllegalStateException("ipv4-address-space.csv names " + octets.size() + " /8s");
    }
    return new BlockNames(
        octets, rows("ipv4-special-purpose.csv").map(row -> Named.of(row[0], row[1])).toList());
  }

  /** The 256 /8s in their order. */
  public List<Named> octets() {
    return octets;
  }

  /** The special-purpose networks, by address. */
  public List<Named> specials() {
    return specials;
  }

  /** Whether a network lies within a special-purpose one. */
  public boolean isSpecial(long address, int length) {
    return specials.stream().anyMatch(special -> special.contains(address, length));
  }

  /**
   * The name of a network: what the special-purpose network is for that it lies in, else of its /8.
   *
   * @param length at least 8
   */
  public String name(long address, int length) {
    return specials.stream()
        .filter(special -> special.contains(address, length))
        .findFirst()
        .orElseGet(() -> octets.get((int) (address >> 24)))
        .name();
  }

  private static Stream<String[]> rows(String resource) {
    try (InputStream in =
            Objects.requireNonNull(BlockNames.class.getResourceAsStream(resource), resource);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      // The first line that is no comment names the columns.
      return lines.lines().filter(line -> !line.startsWith("#")).skip(1).toList().stream()
          .map(line -> line.split(",", 2));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
