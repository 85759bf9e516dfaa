package dev.signalbox.dnsclient.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.dnsclient.message.AddressText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;
import org.xbill.DNS.config.ResolvConfResolverConfigProvider;
import org.xbill.DNS.hosts.HostsFileParser;

/**
 * What dnsjava's readers of the machine's files lack (decision 0081), each beside what ours does. A
 * test that fails after an upgrade is a reason to look at the decision again.
 */
class LibraryFileReadersTest {

  private static final Name HOST = Name.fromConstantString("host.test.");
  private static final InetAddress FIRST = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress SECOND = InetAddress.ofLiteral("192.0.2.2");

  @TempDir private Path directory;

  /** Opens the library's reading of a stream, of which it makes one of /etc/resolv.conf alone. */
  private static final class OfStream extends ResolvConfResolverConfigProvider {

    List<String> servers(String text) throws IOException {
      InputStream in = new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
      parseResolvConf(in);
      return servers().stream().map(server -> AddressText.of(server.getAddress())).toList();
    }
  }

  private Path hosts(byte... content) throws IOException {
    return Files.write(directory.resolve("hosts"), content);
  }

  private Path hosts(String content) throws IOException {
    return hosts(content.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static HostsFile ours(Path file) {
    HostsFile hosts = new HostsFile(file);
    hosts.refresh();
    return hosts;
  }

  @Test
  void givenAHostWithTwoAddresses_whenLookedUp_thenOnlyOursHasBothInOrder() throws IOException {
    Path file = hosts("192.0.2.1 host.test\n192.0.2.2 host.test\n");

    assertThat(new HostsFileParser(file).getAddressForHost(HOST, Type.A)).contains(FIRST);
    assertThat(ours(file).addresses("host.test")).containsExactly(FIRST, SECOND);
  }

  @Test
  void givenAHostInAnotherCase_whenLookedUp_thenOnlyOursFindsIt() throws IOException {
    Path file = hosts("192.0.2.1 HOST.test\n");

    assertThat(new HostsFileParser(file).getAddressForHost(HOST, Type.A)).isEmpty();
    assertThat(ours(file).addresses("host.test")).containsExactly(FIRST);
  }

  @Test
  void givenACommentInLatin1_whenLookedUp_thenOnlyOursReadsTheFile() throws IOException {
    Path file = hosts("192.0.2.1 host.test # B\u00fcro\n");

    assertThatThrownBy(() -> new HostsFileParser(file).getAddressForHost(HOST, Type.A))
        .isInstanceOf(MalformedInputException.class);
    assertThat(ours(file).addresses("host.test")).containsExactly(FIRST);
  }

  @Test
  void givenALargeFile_whenLookedUp_thenOnlyOursDoesNotReadItAgain() throws IOException {
    Path file = hosts("192.0.2.1 host.test\n" + "# filler\n".repeat(2_000));
    HostsFileParser theirs = new HostsFileParser(file);
    theirs.getAddressForHost(Name.fromConstantString("other.test."), Type.A);
    HostsFile ours = ours(file);

    Files.delete(file);

    assertThatThrownBy(() -> theirs.getAddressForHost(HOST, Type.A))
        .isInstanceOf(IOException.class);
    assertThat(ours.addresses("host.test")).containsExactly(FIRST);
  }

  @Test
  void givenManyServers_whenRead_thenTheLibraryKeepsThemAll() throws IOException {
    String text =
        IntStream.range(0, 100)
            .mapToObj(i -> "nameserver 192.0.2." + i + "\n")
            .collect(Collectors.joining());

    assertThat(new OfStream().servers(text)).hasSize(100);
  }

  @Test
  void givenAServerByName_whenRead_thenTheLibraryLooksItUp() throws IOException {
    assertThat(new OfStream().servers("nameserver localhost\n"))
        .first()
        .matches(address -> address.equals("127.0.0.1") || address.equals("::1"));
  }

  @Test
  void givenALineWithoutAddress_whenRead_thenTheLibraryStops() {
    assertThatThrownBy(() -> new OfStream().servers("nameserver\nnameserver 192.0.2.1\n"))
        .isInstanceOf(NoSuchElementException.class);
  }
}
