package dev.signalbox.dnsclient.resolver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.xbill.DNS.ResolverConfig;

/** The resolvers the machine itself uses. Reading them blocks. */
public final class ResolvConf {

  private static final int MOST = 8;
  private static final long LONGEST_FILE = 1 << 20;
  private static final Pattern NAME_SERVER =
      Pattern.compile("\\s*nameserver\\s+([0-9A-Fa-f:.]+)(?:%\\S*)?\\s*(?:[#;].*)?");

  private ResolvConf() {}

  /**
   * The machine's resolvers: those of the file, or where a system has none, those its interfaces
   * name. The local host when nothing is known, as in resolv.conf(5).
   */
  public static List<ResolverSpec> read(Path file) throws IOException {
    List<ResolverSpec> found = Files.isReadable(file) ? parse(text(file)) : interfaces();
    return found.isEmpty() ? List.of(ResolverSpec.parse("127.0.0.1", null)) : found;
  }

  private static String text(Path file) throws IOException {
    if (Files.size(file) > LONGEST_FILE) {
      throw new IOException(file + " is longer than " + LONGEST_FILE + " bytes");
    }
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
  }

  static List<ResolverSpec> parse(String text) {
    List<ResolverSpec> found = new ArrayList<>();
    for (String line : text.lines().toList()) {
      Matcher nameServer = NAME_SERVER.matcher(line);
      if (nameServer.matches() && found.size() < MOST) {
        addIfAddress(found, nameServer.group(1));
      }
    }
    return List.copyOf(found);
  }

  private static void addIfAddress(List<ResolverSpec> found, String address) {
    try {
      found.add(ResolverSpec.parse(address, null));
    } catch (IllegalArgumentException _) {
      // The C library skips what it cannot read, too.
    }
  }

  private static List<ResolverSpec> interfaces() {
    ResolverConfig.refresh();
    List<ResolverSpec> found = new ArrayList<>();
    ResolverConfig.getCurrentConfig().servers().stream()
        .filter(server -> !server.isUnresolved())
        .limit(MOST)
        .forEach(server -> addIfAddress(found, server.getAddress().getHostAddress()));
    return found;
  }
}
