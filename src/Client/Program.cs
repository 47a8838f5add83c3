Console.WriteLine("clearance");
