using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ClearanceEngine.Access;
using ClearanceEngine.Ceb;
using ClearanceEngine.Contracts;
using ClearanceEngine.Silo.Access;
using ClearanceEngine.Silo.Door;
using ClearanceEngine.Simulator.Samples;
using ClearanceEngine.Streams.Kafka;
using ClearanceEngine.Tests.Accounts;
using ClearanceEngine.Tests.Door;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ClearanceEngine.Tests.Access;

/// <summary>Every endpoint that is mapped, now or later, for every role of the table: who may ask, and who is told nothing.</summary>
public sealed class RightsMatrixTests : IDisposable
{
    static readonly CebDocument Order = new SampleParcel
    {
        OrderNo = "A-1",
        Mode = "1210",
        Person = 1,
        Serial = "1",
        At = new DateTimeOffset(2026, 11, 20, 2, 0, 0, TimeSpan.Zero),
    }.Order();

    readonly TestIssuer _issuer = new();

    public void Dispose() => _issuer.Dispose();

    public static TheoryData<Role> Roles => [.. Enum.GetValues<Role>()];

    [Fact]
    public async Task Every_endpoint_says_for_whom_it_is_or_stands_on_the_short_list_of_public_ones()
    {
        await using var door = await DoorHost.Start();
        var open = new List<string>();
        foreach (var endpoint in Endpoints(door))
        {
            if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
                open.Add(Path(endpoint));
            else if (Path(endpoint) != ApiPaths.Me)
                Assert.True(endpoint.Metadata.GetMetadata<RightRequirement>() is not null, Path(endpoint));
        }

        string[] own = [.. open.Where(path => !path.StartsWith(ApiPaths.Docs, StringComparison.Ordinal))];
        Assert.Equal(
            ["/", "/health/live", "/health/ready", "/openapi/v1.json"],
            own.Order(StringComparer.Ordinal)
        );
        Assert.Equal(DoorEndpoints.Public.Order(StringComparer.Ordinal), open.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_endpoint_that_says_nothing_is_for_nobody()
    {
        await using var door = await DoorHost.Start(
            TimeProvider.System,
            database => database,
            app => app.MapGet("/forgotten", () => "secret")
        );
        using var answer = await door.Http.GetAsync(new Uri("forgotten", UriKind.Relative));
        await DoorAnswersTests.Problem(answer, 403, "not-allowed");

        door.Http.DefaultRequestHeaders.Authorization = null;
        using var stranger = await door.Http.GetAsync(new Uri("forgotten", UriKind.Relative));
        await DoorAnswersTests.Problem(stranger, 401, "sign-in-needed");
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task A_role_may_ask_what_the_table_gives_it_and_nothing_else(Role role)
    {
        await using var door = await DoorHost.Start(_issuer.Settings);
        SignIn(door, _issuer.Token(WireName.Of(role), SampleParcel.Platform));
        await AskEverything(door, role);
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task A_client_of_the_engine_may_ask_what_the_table_gives_its_role_and_nothing_else(Role role)
    {
        await using var door = await DoorHost.Start(AccountsDoor.Settings);
        SignIn(
            door,
            await door.Token("a-client", await door.AddClient("a-client", role, SampleParcel.Platform))
        );
        await AskEverything(door, role);
    }

    static async Task AskEverything(DoorHost door, Role role)
    {
        foreach (var endpoint in Endpoints(door))
        {
            if (endpoint.Metadata.GetMetadata<RightRequirement>() is not { Right: var right })
                continue;
            using var answer = await door.Http.SendAsync(Request(endpoint));
            var status = answer.StatusCode;
            if (RightsTable.Of(role, right) == Reach.None)
            {
                var problem = await DoorAnswersTests.Problem(answer, 403, "not-allowed");
                Assert.Contains(
                    right.Descriptor().Name,
                    problem.GetProperty("detail").GetString(),
                    StringComparison.Ordinal
                );
            }
            else
                Assert.True(
                    status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden),
                    $"{role} {Path(endpoint)}: {status}"
                );
        }
    }

    [Theory]
    [InlineData(Role.Company)]
    [InlineData(Role.Site)]
    public async Task A_role_that_is_bound_to_nobody_reaches_nothing(Role role)
    {
        await using var door = await DoorHost.Start(_issuer.Settings);
        SignIn(door, _issuer.Token(WireName.Of(role)));
        foreach (
            var endpoint in Endpoints(door).Where(e => e.Metadata.GetMetadata<RightRequirement>() is not null)
        )
        {
            using var answer = await door.Http.SendAsync(Request(endpoint));
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_stranger_is_asked_to_sign_in_before_anything_is_read_or_woken()
    {
        await using var door = await DoorHost.Start("--Door:Reading=1", "--Door:ClientReading=1");
        door.Http.DefaultRequestHeaders.Authorization = null;
        await door.Store("parcel", "p/STORED");
        var places = door.Services.GetRequiredService<BodyPlaces>();
        foreach (var endpoint in Endpoints(door).Where(e => !DoorEndpoints.Public.Contains(Path(e))))
        {
            using var answer = await door.Http.SendAsync(Request(endpoint));
            await DoorAnswersTests.Problem(answer, 401, "sign-in-needed");
        }

        // A body that is announced and never comes gets its answer all the same.
        using var announced = await RawRequest.Connect(door);
        await announced.Send(
            "POST /ceb HTTP/1.1\r\nHost: door\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n"
        );
        Assert.StartsWith("HTTP/1.1 401 ", await announced.Answer(), StringComparison.Ordinal);
        Assert.Equal(0, places.Count);
        Assert.Equal(0, door.Grains.Woken);
    }

    [Fact]
    public async Task What_is_not_there_is_not_there_for_anybody()
    {
        await using var door = await DoorHost.Start();
        door.Http.DefaultRequestHeaders.Authorization = null;
        using var nowhere = await door.Http.GetAsync(new Uri("nowhere", UriKind.Relative));
        await DoorAnswersTests.Problem(nowhere, 404, "path-not-found");
        using var method = await door.Http.GetAsync(new Uri("ceb", UriKind.Relative));
        await DoorAnswersTests.Problem(method, 405, "method-not-allowed");
    }

    [Fact]
    public async Task A_message_in_the_name_of_another_company_never_reaches_Kafka()
    {
        await using var door = await DoorHost.Start(_issuer.Settings);
        var broker = (DoorHost.AnsweringBroker)door.Services.GetRequiredService<IKafkaProducer>();
        var order = CebWriter.Write(SampleParcel.Message(Order));

        SignIn(door, _issuer.Token("company", SampleParcel.Payer));
        using var refused = await door.Http.PostAsync(new Uri("ceb", UriKind.Relative), Xml(order));
        var problem = await DoorAnswersTests.Problem(refused, 403, "not-your-company");
        Assert.Contains(
            SampleParcel.Platform,
            problem.GetProperty("detail").GetString(),
            StringComparison.Ordinal
        );
        Assert.Equal(0, broker.Records);

        SignIn(door, _issuer.Token("company", SampleParcel.Platform));
        using var taken = await door.Http.PostAsync(new Uri("ceb", UriKind.Relative), Xml(order));
        Assert.Contains(
            DoorHost.AnsweringBroker.Code,
            await taken.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
        Assert.Equal(1, broker.Records);
    }

    [Fact]
    public async Task Whether_the_engine_is_ready_is_everybodys_and_how_its_parts_are_is_the_operators()
    {
        await using var door = await DoorHost.Start(_issuer.Settings);
        var ready = new Uri("health/ready", UriKind.Relative);
        Assert.Equal("""{"status":"Healthy"}""", await door.Http.GetStringAsync(ready));

        SignIn(door, _issuer.Token("company", SampleParcel.Platform));
        Assert.Equal("""{"status":"Healthy"}""", await door.Http.GetStringAsync(ready));

        SignIn(door, _issuer.Token("operator"));
        Assert.Contains("storage", await door.Http.GetStringAsync(ready), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_may_not_know_why_it_is_not_ready_is_told_the_right_by_its_name() =>
        Assert.Contains(
            "health:read",
            Assert.IsType<ProblemHttpResult>(DoorProblems.NotReady()).ProblemDetails.Detail,
            StringComparison.Ordinal
        );

    static void SignIn(DoorHost door, string token) =>
        door.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

    static RouteEndpoint[] Endpoints(DoorHost door) =>
        [.. door.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    static string Path(RouteEndpoint endpoint) => $"/{endpoint.RoutePattern.RawText!.Trim('/')}";

    static HttpRequestMessage Request(RouteEndpoint endpoint)
    {
        var address = Path(endpoint)[1..]
            .Replace("{ebpCode}", SampleParcel.Platform, StringComparison.Ordinal)
            .Replace("{orderNo}", "NOBODY", StringComparison.Ordinal);
        var method = endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods[0];
        return new HttpRequestMessage(new HttpMethod(method), new Uri(address, UriKind.Relative))
        {
            Content = method == "POST" ? new StringContent("{}", Encoding.UTF8, "application/json") : null,
        };
    }

    static ByteArrayContent Xml(byte[] message)
    {
        var content = new ByteArrayContent(message);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/xml");
        return content;
    }
}
