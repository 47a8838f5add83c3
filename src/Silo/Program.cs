Console.WriteLine("ClearanceEngine");
