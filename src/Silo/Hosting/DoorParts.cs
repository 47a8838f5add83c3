using ClearanceEngine.Door;
using ClearanceEngine.Silo.Door;

namespace ClearanceEngine.Silo.Hosting;

/// <summary>The HTTP door.</summary>
static class DoorParts
{
    public static void AddDoor(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(configuration.Checked<DoorOptions>("Door", o => o.Fault()));
        services.AddSingleton<DoorBell>();
        services.AddSingleton<IDoorBell>(sp => sp.GetRequiredService<DoorBell>());
        services.AddProblemDetails();
        services.ConfigureHttpJsonOptions(o => DoorJson.Configure(o.SerializerOptions));
    }
}
