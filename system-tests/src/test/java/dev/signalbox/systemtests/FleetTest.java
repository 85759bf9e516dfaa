package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FleetTest {

  @Test
  void givenAServiceOfTheDistribution_whenAFleetIsPlanned_thenItHasTwoMembersOfIt() {
    List<String> services = new ArrayList<>(Distribution.SERVICES);
    services.add("new-service");

    assertThat(services)
        .allSatisfy(service ->
            assertThat(Fleet.members(services))
                .containsEntry(service + "-1", service)
                .containsEntry(service + "-2", service));
  }

  @Test
  void givenAFleet_whenItStarts_thenTheFirstMemberIsNoGateway() {
    assertThat(Fleet.members(Distribution.SERVICES).values())
        .first()
        .isNotEqualTo("gateway-service");
  }
}
