package dev.signalbox.platform.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.platform.diagnostic.FindingCode;
import dev.signalbox.platform.diagnostic.Symptom;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MembersMetCheckTest {

  private final AtomicInteger others = new AtomicInteger();
  private final MembersMetCheck check =
      new MembersMetCheck(others::get, List.of("10.0.0.7", "box-2"));

  @Test
  void givenNobodyWasMet_whenLookedAt_thenTheFindingNamesWhomTheSettingsName() {
    List<Symptom> found = check.check();

    assertThat(found).hasSize(1);
    assertThat(found.getFirst().code()).isEqualTo(FindingCode.ALONE);
    assertThat(found.getFirst().detail())
        .isEqualTo(
            "No member of platform.cluster-members has been seen since the start: 10.0.0.7,"
                + " box-2.");
  }

  @Test
  void givenAMemberWasMet_whenItLeaves_thenThereIsNoFinding() {
    others.set(1);
    assertThat(check.check()).isEmpty();

    others.set(0);

    assertThat(check.check()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"signalbox", "10.0.0.7", "10.0.0.7:5701", "box-2", "10.0.0.1:6000"})
  void givenAnotherAddress_whenTheSettingsAreRead_thenTheyNameOthers(String member) {
    assertThat(MembersMetCheck.namesOthers(List.of("10.0.0.1", member), "10.0.0.1", 5701)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1", "10.0.0.1:5701", "localhost"})
  void givenTheOwnAddressAlone_whenTheSettingsAreRead_thenTheyNameNobody(String member) {
    assertThat(MembersMetCheck.namesOthers(List.of(member), "10.0.0.1", 5701)).isFalse();
    assertThat(MembersMetCheck.namesOthers(List.of(), "10.0.0.1", 5701)).isFalse();
  }
}
