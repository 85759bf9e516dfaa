package dev.signalbox.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.EventType;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.PlatformContract;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceProvider;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The addresses are documented, and stand in one place each. */
class AddressTableTest {

  /** Served by earlier versions with other messages, which may run beside this one. */
  private static final List<String> RETIRED = List.of("dns.query");

  @Test
  void anAddressOfEarlierVersionsIsNotUsedAgain() {
    assertThat(Addresses.operations())
        .extracting(Operation::address)
        .doesNotContainAnyElementsOf(RETIRED);
  }

  @Test
  void noTwoOperationsOrEventsShareAnAddress() {
    assertThat(
            Stream.concat(
                Addresses.operations().stream().map(Operation::address),
                Addresses.events().stream().map(EventType::address)))
        .doesNotHaveDuplicates();
  }

  @Test
  void theTableInTheDocumentationIsTheCode() {
    List<String> expected =
        Stream.concat(
                Addresses.operations().stream().map(AddressTableTest::row),
                Addresses.events().stream()
                    .map(event ->
                        "| `%s` | event | `%s` | | | |"
                            .formatted(event.address(), event.type().getSimpleName())))
            .toList();

    List<String> table =
        Repository.text(Repository.ROOT.resolve("docs/architecture.md"))
            .lines()
            .filter(line -> line.matches("\\| `[a-z-]+\\.[a-z.-]+` \\|.*"))
            .toList();

    assertThat(table)
        .as(
            "address table of docs/architecture.md; it should read\n%s",
            String.join("\n", expected))
        .containsExactlyElementsOf(expected);
  }

  @Test
  void everyOperationSaysWhichServiceServesIt() {
    List<String> services =
        Stream.concat(
                Stream.of(PlatformContract.EVERY_SERVICE),
                ServiceProvider.all().stream().map(ServiceDefinition::name))
            .toList();

    assertThat(Addresses.operations())
        .allSatisfy(operation -> assertThat(services).contains(operation.service()));
  }

  private static String row(Operation<?, ?> operation) {
    return "| `%s` | %s | `%s` | `%s` | %s s | %s |"
        .formatted(
            operation.address(),
            operation.service(),
            operation.requestType().getSimpleName(),
            operation.replyType().getSimpleName(),
            operation.timeout().toSeconds(),
            operation.repeatable() ? "yes" : "no");
  }

  @Test
  void addressesAreWrittenInTheContractsAlone() {
    List<String> addresses = Addresses.operations().stream().map(Operation::address).toList();

    assertThat(Repository.modules().stream().filter(module -> !module.name().equals("contracts")))
        .allSatisfy(module ->
            assertThat(Repository.files(module.sources()))
                .allSatisfy(file -> {
                  String text = Repository.text(file);
                  assertThat(addresses)
                      .as(file.toString())
                      .noneMatch(address -> text.contains("\"" + address + "\""));
                }));
  }
}
