package dev.signalbox.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.signalbox.architecture.BillOfMaterials.Component;
import dev.signalbox.contracts.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The bill of materials says what is in the distribution, and all of that may be passed on. Made by
 * the profile {@code sbom}; without it those tests are skipped that need one.
 */
class BillOfMaterialsTest {

  private static final Path TARGET = Repository.ROOT.resolve("cli/target");

  private static BillOfMaterials made() {
    boolean asked = Boolean.getBoolean("signalbox.sbom");
    assumeTrue(
        asked || Boolean.getBoolean("signalbox.require.all"),
        "there is no bill of materials: build with -Psbom");
    return BillOfMaterials.read(TARGET.resolve("signalbox.cdx.json"));
  }

  private static BillOfMaterials withLicence(String choice) throws JsonProcessingException {
    return BillOfMaterials.of(
        new JsonMapper()
            .readTree(
                """
                {"components":[{"group":"g","name":"n","version":"1","licenses":[%s]}]}
                """
                    .formatted(choice)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"license\":{\"id\":\"Apache-2.0\"}}",
        "{\"license\":{\"name\":\"Go License\"}}",
        "{\"license\":{\"id\":\"GPL-3.0-only\"}},{\"license\":{\"id\":\"MIT\"}}"
      })
  void givenALicenceOfTheList_whenChecked_thenItIsAllowed(String choice)
      throws JsonProcessingException {
    assertThat(withLicence(choice).notAllowed()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"license\":{\"id\":\"AGPL-3.0-only\"}}",
        "{\"license\":{\"name\":\"Our own licence\"}}",
        "{\"expression\":\"MIT AND GPL-3.0-only\"}",
        "''"
      })
  void givenAnotherLicenceOrNone_whenChecked_thenTheLibraryIsNamed(String choice)
      throws JsonProcessingException {
    assertThat(withLicence(choice).notAllowed()).singleElement().asString().startsWith("g:n:1 [");
  }

  @Test
  void givenTheDistribution_whenLicencesAreChecked_thenAllAreOnTheList() {
    BillOfMaterials made = made();

    assertThat(made.components()).hasSizeGreaterThan(50);
    assertThat(made.notAllowed()).isEmpty();
  }

  @Test
  void givenTheDistribution_whenItsJarsAreCompared_thenEachIsInTheBill() throws IOException {
    BillOfMaterials made = made();
    Map<String, String> jars = new TreeMap<>();
    for (Path jar : Repository.files(TARGET.resolve("dist/lib")).toList()) {
      String name = jar.getFileName().toString();
      if (name.endsWith(".jar") && !isOurs(name)) {
        jars.put(HexFormat.of().formatHex(Sha256.of(Files.readAllBytes(jar))), name);
      }
    }
    assertThat(jars).isNotEmpty();

    made.components().stream().map(Component::sha256).forEach(jars::remove);

    assertThat(jars.values()).isEmpty();
  }

  private static boolean isOurs(String jar) {
    return jar.startsWith("signalbox")
        || Repository.modules().stream().anyMatch(it -> jar.startsWith(it.name() + "-"));
  }
}
